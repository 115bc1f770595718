package capture

// Detect tells what a file holds by its first bytes; 4 KiB are enough.
func Detect(head []byte) Kind {
	if order, _ := pcapOrder(head); order != nil && (len(head) < 6 || order.Uint16(head[4:]) == 2) || isPcapng(head) {
		return Pcap
	}
	return Raw
}
