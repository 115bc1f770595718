# PowerShell completion for framecat. It hands the line to framecat as text and never
# evaluates it.
Register-ArgumentCompleter -Native -CommandName framecat, framecat.exe -ScriptBlock {
    param($word, $ast, $cursor)
    $line = $ast.Extent.Text
    $length = $cursor - $ast.Extent.StartOffset
    if ($length -le $line.Length) { $line = $line.Substring(0, $length) } else { $line = $line.PadRight($length) }
    $encoded = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($line))
    $lines = @(& (Get-Command framecat -CommandType Application | Select-Object -First 1) __complete powershell $encoded 2>$null)
    if ($lines.Count -eq 0 -or $lines[0] -notlike "words*") { return } # PowerShell completes paths
    if ($lines.Count -eq 1) { return '' }
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $text, $help = $_ -split "`t", 2
        if (-not $help) { $help = $text }
        [Management.Automation.CompletionResult]::new($text, $text.Trim("'"), 'ParameterValue', $help)
    }
}
