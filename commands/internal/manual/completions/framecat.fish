# fish completion for framecat. It hands words to framecat without their quotes and
# backslashes, as fish wants its candidates too, and never evaluates them.
function __framecat_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l raw (commandline -ct)
    set -l typed
    for close in '' '\'' '"' # a quote may still be open
        set typed (string unescape -- "$raw$close" 2>/dev/null)
        and break
        set typed $raw
    end
    set -l lines (command framecat __complete words $words "$typed" 2>/dev/null </dev/null)
    set -l head (string split \t -- "$lines[1]")
    set -e lines[1]
    switch "$head[1]"
        case files dirs
            set -l rest $typed
            if string match -q -- '*=*' $typed; and string match -q -- '--*' $typed
                set rest (string replace -r -- '^[^=]*=' '' $typed)
            else if test -n "$head[2]"
                set rest (string sub -s (math (string length -- $head[2]) + 1) -- $typed)
            end
            set -l before (string sub -l (math (string length -- "$typed") - (string length -- "$rest")) -- "$typed")
            if test "$head[1]" = dirs
                printf '%s\n' $before(__fish_complete_directories "$rest" '')
            else
                printf '%s\n' $before(__fish_complete_path "$rest")
            end
        case words
            printf '%s\n' "$head[2]"$lines
    end
end
complete -c framecat -e
complete -c framecat -f -a '(__framecat_complete)'
