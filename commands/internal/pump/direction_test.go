package pump

import (
	"slices"
	"strings"
	"testing"

	"framecat/framing"
	"framecat/framing/detect"
)

// A value of --where that frames have only in the other direction is no error, and no frame has it.
// In a stream that nobody is known to have sent, it is one: see TestWhereErrors.
func TestWhereInDirection(t *testing.T) {
	const c2s, s2c = 0, 1
	const letterE = "E\x00\x00\x00\x04" // Execute, ErrorResponse
	for _, row := range []struct {
		spec, test string
		dir        int
		holds      bool
		absent     string
	}{
		{"postgres", "type=Execute", c2s, true, ""},
		{"postgres", "type=Execute", s2c, false, "type Execute"},
		{"postgres", "type=ErrorResponse", c2s, false, "type ErrorResponse"},
		{"postgres", "type=ErrorResponse", s2c, true, ""},
		{"postgres", "type=execute,errorresponse", c2s, true, "type errorresponse"},
		{"postgres", "type=Execute,ErrorResponse", s2c, true, "type Execute"},
		{"postgres", "type!=Execute", c2s, false, ""},
		{"postgres", "type!=Execute", s2c, true, "type Execute"},
		{"postgres", "type~exec", c2s, true, ""},
		{"postgres", "type~exec", s2c, false, "type exec"},
		{"postgres", "type~/^Exec/", s2c, false, "type /^Exec/"},
		{"postgres", "type=E", s2c, true, ""},
		{"postgres", "type=69", c2s, true, ""},
		{"postgres:role=backend", "type=ErrorResponse", c2s, true, ""},
		{"postgres:role=frontend", "type=Execute", s2c, true, ""},
	} {
		f, kind := parse(t, row.spec)
		test, err := NewFrameTest([]string{row.test}, kind, f, row.dir)
		if err != nil {
			t.Errorf("%s %s in direction %d: %v", row.spec, row.test, row.dir, err)
			continue
		}
		frame, err := framing.NewReader(strings.NewReader(letterE), f).Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := test.Holds(frame, 0); got != row.holds || strings.Join(test.Absent(), " ") != row.absent {
			t.Errorf("%s %s in direction %d: %t, absent %q", row.spec, row.test, row.dir, got, test.Absent())
		}
	}
	for _, row := range [][2]string{{"postgres", "type=Foo"}, {"postgres", "type~zzz"}, {"postgres:role=backend", "type=Execute"}, {"mqtt", "type=Execute"}} {
		f, kind := parse(t, row[0])
		for dir := range 2 {
			if _, err := NewFrameTest([]string{row[1]}, kind, f, dir); err == nil {
				t.Errorf("%s %s in direction %d is no error", row[0], row[1], dir)
			}
		}
	}
}

// What was found has no roles if the direction is known: both directions have the same name. The
// evidence is that of the best role.
func TestFoundInDirection(t *testing.T) {
	all := []detect.Candidate{
		{Spec: "postgres:role=frontend", Bits: 50, Aliases: []string{"postgres", "x11:role=client", "x11"}},
		{Spec: "u24be", Bits: 40},
		{Spec: "postgres", Bits: 30},
	}
	d := &Detection{All: all}
	d.inDirection(NoDirection)
	if d.All[0].Spec != "postgres:role=frontend" || len(d.All) != 3 {
		t.Errorf("of no direction: %+v", d.All)
	}
	d.inDirection(0)
	if len(d.All) != 2 || d.All[0].Spec != "postgres" || d.All[0].Bits != 50 || !slices.Equal(d.All[0].Aliases, []string{"x11"}) || d.All[1].Spec != "u24be" {
		t.Errorf("of a direction: %+v", d.All)
	}
	if all[0].Spec != "postgres:role=frontend" || all[0].Aliases[0] != "postgres" {
		t.Error("the candidates of the search are changed")
	}
}
