package capture

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// others counts what a recording holds that is not TCP, for the error if it holds nothing else.
type others struct{ counts map[other]int }

// An other is what a packet ends with, and the tunnel that it is in; 0 is none.
type other struct{ what, in layer }

// maxOthers bounds the kinds that are counted apart. Most of them are ports.
const maxOthers = 1000

func (o *others) add(what, in layer) {
	k := other{what, in}
	if _, known := o.counts[k]; !known {
		if o.counts == nil {
			o.counts = map[other]int{}
		}
		if len(o.counts) >= maxOthers {
			k.what = unnamed
			if what.list() == ofPort {
				k.what = layerUDP
			}
		}
	}
	o.counts[k]++
}

// A kind is what the error names, such as the packets of UDP, with the ports that have most of them.
type kind struct {
	other
	n     int
	ports []portCount
}

type portCount struct {
	number layer
	n      int
}

// most is how many kinds and how many ports the error names.
const most = 5

// err returns the error for a recording without a segment.
func (o *others) err() error {
	if len(o.counts) == 0 {
		return fmt.Errorf("%w: it has no packets", ErrNoStream)
	}
	kinds := o.kinds()
	var names []string
	for _, k := range kinds[:min(most, len(kinds))] {
		names = append(names, k.String())
	}
	if len(kinds) > most {
		n := 0
		for _, k := range kinds[most:] {
			n += k.n
		}
		names = append(names, packetCount(n, "other"))
	}
	return fmt.Errorf("%w, only %s", ErrNoStream, strings.Join(names, ", "))
}

// kinds returns what was counted, the most frequent first.
func (o *others) kinds() []*kind {
	all := map[other]*kind{}
	for k, n := range o.counts {
		number := k.what
		if number.list() == ofPort && !isTunnel(number) {
			k.what = layerUDP
		}
		f := all[k]
		if f == nil {
			f = &kind{other: k}
			all[k] = f
		}
		if f.n += n; k.what != number {
			f.ports = append(f.ports, portCount{number - ofPort, n})
		}
	}
	for _, f := range all {
		slices.SortFunc(f.ports, func(a, b portCount) int { return cmp.Or(b.n-a.n, cmp.Compare(a.number, b.number)) })
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *kind) int {
		return cmp.Or(b.n-a.n, cmp.Compare(a.what, b.what), cmp.Compare(a.in, b.in))
	})
}

func (k *kind) String() string {
	s := packetCount(k.n, k.what.name())
	if name, number := k.what.numbered(); name != "" {
		s = packetCount(k.n, "") + " of " + fmt.Sprintf(name, number)
	}
	if k.in != 0 {
		s += " in " + k.in.name()
	}
	if len(k.ports) > 0 {
		var list []string
		for _, p := range k.ports[:min(most, len(k.ports))] {
			list = append(list, fmt.Sprint(uint32(p.number)))
		}
		word := "port "
		if len(k.ports) > 1 {
			word = "ports "
		}
		if len(k.ports) > most {
			list = append(list, "…")
		}
		s += " (" + word + strings.Join(list, ", ") + ")"
	}
	return s
}

// packetCount returns "1 UDP packet", "2 UDP packets".
func packetCount(n int, name string) string {
	if name != "" {
		name += " "
	}
	if n == 1 {
		return "1 " + name + "packet"
	}
	return fmt.Sprintf("%d %spackets", n, name)
}
