package gnudate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
)

// TestParse has the forms of the manual of coreutils, at a fixed time in a zone
// with summer time.
func TestParse(t *testing.T) {
	berlin, err := Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 8, 15, 13, 14, 15, 0, berlin) // a Saturday
	for text, want := range map[string]string{
		"":                                "2026-08-15 00:00:00 CEST",
		"   ":                             "2026-08-15 00:00:00 CEST",
		"now":                             "2026-08-15 13:14:15 CEST",
		"today":                           "2026-08-15 13:14:15 CEST",
		"tomorrow":                        "2026-08-16 13:14:15 CEST",
		"yesterday noon":                  "",
		"2031-12-30 23:59:58":             "2031-12-30 23:59:58 CET",
		"2031-12-30":                      "2031-12-30 00:00:00 CET",
		"2031-12-30T23:59:58+02:00":       "2031-12-30 22:59:58 CET",
		"2031-12-30T23:59":                "2031-12-30 23:59:00 CET",
		"2031-12-30T23":                   "",
		"@1600000000":                     "2020-09-13 14:26:40 CEST",
		"@-1.5":                           "1970-01-01 00:59:58 CET",
		"@1 day":                          "",
		"02/03/2021":                      "2021-02-03 00:00:00 CET",
		"2021/02/03":                      "2021-02-03 00:00:00 CET",
		"02/03":                           "2026-02-03 00:00:00 CET",
		"30 Dec 2031 10:11":               "2031-12-30 10:11:00 CET",
		"30-dec-31":                       "2031-12-30 00:00:00 CET",
		"December 30, 2031":               "2031-12-30 00:00:00 CET",
		"Dec-30-2031":                     "2031-12-30 00:00:00 CET",
		"20310203":                        "2031-02-03 00:00:00 CET",
		"20310203 0405":                   "2031-02-03 04:05:00 CET",
		"Wed, 03 Feb 2021 04:05:06 +0100": "2021-02-03 04:05:06 CET",
		"Wed Feb  3 04:05:06 UTC 2021":    "2021-02-03 05:05:06 CET",
		"3 years":                         "2029-08-15 13:14:15 CEST",
		"+10 years":                       "2036-08-15 13:14:15 CEST",
		"6 months":                        "2027-02-15 12:14:15 CET",
		"6 months 12:00":                  "2027-02-15 12:00:00 CET",
		"2021-02-03 + 400 days":           "2022-03-10 00:00:00 CET",
		"2 weeks ago":                     "2026-08-01 13:14:15 CEST",
		"fortnight hence":                 "2026-08-29 13:14:15 CEST",
		"next month":                      "2026-09-15 13:14:15 CEST",
		"last year":                       "2025-08-15 13:14:15 CEST",
		"1.5 seconds":                     "2026-08-15 13:14:16 CEST",
		"10:11 +1 day":                    "2026-08-16 11:11:00 CEST",
		"monday":                          "2026-08-17 00:00:00 CEST",
		"saturday":                        "2026-08-15 00:00:00 CEST",
		"next saturday":                   "2026-08-22 00:00:00 CEST",
		"third wed 8pm":                   "2026-09-02 20:00:00 CEST",
		"last mon":                        "2026-08-10 00:00:00 CEST",
		"12 a.m.":                         "2026-08-15 00:00:00 CEST",
		"12:30:15.9 PM":                   "2026-08-15 12:30:15 CEST",
		"13 pm":                           "",
		"10:00 Z":                         "2026-08-15 12:00:00 CEST",
		"10:00 t":                         "2026-08-15 19:00:00 CEST",
		"10:00 EST":                       "2026-08-15 17:00:00 CEST",
		"10:00 EST DST":                   "2026-08-15 16:00:00 CEST",
		"10:00 U.T.C.":                    "2026-08-15 12:00:00 CEST",
		"10:00 UTC+2":                     "2026-08-15 10:00:00 CEST",
		"10:00 +05:30":                    "2026-08-15 06:30:00 CEST",
		"10:00 -0330":                     "2026-08-15 15:30:00 CEST",
		"10:00 +24:01":                    "",
		"10:00 CET":                       "", // it is summer there
		"10:00 CET DST":                   "2026-08-15 10:00:00 CEST",
		`TZ="America/New_York" 10:00`:     "2026-08-15 16:00:00 CEST",
		`TZ="<+03>-3" 10:00`:              "2026-08-15 09:00:00 CEST",
		`TZ="EST5EDT,M3.2.0,M11.1.0" 12:00 2026-12-24`:  "2026-12-24 18:00:00 CET",
		"2031 (the year) -12 (December (the last)) -30": "2031-12-30 00:00:00 CET",
		"2031-12-30 (open":      "2031-12-30 00:00:00 CET",
		"2031-02-29":            "",
		"2031-13-01":            "",
		"2031-12-30 24:00":      "",
		"2031-03-30 02:30":      "", // left out by summer time
		"2031-03-30 02:30 UTC":  "2031-03-30 04:30:00 CEST",
		"10:00 11:00":           "",
		"2031-12-30 2031-12-31": "",
		"soon":                  "",
		"3.2.2021":              "",
		"10:00 J":               "",
		"99999999999999999999":  "",
	} {
		date, err := Parse(text, now)
		got := ""
		if err == nil {
			got = date.In(berlin).Format("2006-01-02 15:04:05 MST")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// pieces are what TestLikeDate makes texts of.
var pieces = [][]string{
	{"2031-12-30", "2021-2-3", "02/03/2021", "2021/02/03", "12/25", "30 Dec 2031", "30-Dec-31", "Dec 30, 2031", "Dec 30", "30 dec", "20310203", "310203", "2031-02-29", "1969-12-31", "69-1-1", "68-1-1", "2021-03-28", "2021-10-31", "17.6.2020", "99999-1-1", "-5-1-1", "0001-01-01", "jun-17-1992"},
	{"10:11", "10:11:12", "10:11:12.5", "2:30", "02:59:59", "12 am", "12:30 pm", "0:30 pm", "noon", "23:59:60", "1011", "10", "10:11:12,25", "24:00", "9 P.M."},
	{"UTC", "Z", "A", "T", "J", "EST", "EDT", "CEST", "CET", "CET DST", "+02", "+0230", "+02:30", "-11:45", "UTC+3", "UTC -3:30", "EST DST", "U.T.C", "BST", "+25", "local", "-5 DST"},
	{"monday", "next tue", "last fri.", "this sunday", "3 wed", "third thurs", "sat,", "twelfth mon"},
	{"tomorrow", "yesterday", "now", "next month", "last year", "2 weeks ago", "+3 days", "-1 month", "1 fortnight", "3 hours", "-90 min", "1.5 sec", "year", "month ago", "6 months", "400 days hence", "-2.25 seconds", "12 month", "first day", "sixth hour", "1 day 2 hours", "9999 years", "9999999999 sec"},
	{"(comment)", "(a (nested) one)", ",", "2021", "05", "x", "(", "T05:06", "ago", "dst", ""},
}

// TestLikeDate compares many texts, of those pieces in any order, with the date
// program, in zones with and without summer time.
func TestLikeDate(t *testing.T) {
	peertest.Need(t, "date")
	for _, tz := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "XYZ-3:30ABC,M4.1.0,M9.2.0/5"} {
		t.Run(strings.ReplaceAll(tz, "/", "-"), func(t *testing.T) {
			t.Parallel()
			location, err := Zone(tz)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(1, uint64(len(tz))))
			var texts []string
			for range 5000 {
				texts = append(texts, compose(random))
			}
			before := time.Now()
			theirs := askDate(t, tz, texts)
			after := time.Now()
			for i, text := range texts {
				if date, err := Parse(text, before.In(location)); err == nil && (date.Year() > 99999 || date.Year() < 1970 && strings.Contains(tz, ",")) {
					continue // glibc has no summer time then
				}
				if got := unixes(text, location, before, after); !strings.Contains(got, "["+theirs[i]+"]") {
					t.Errorf("%q is %s, date says [%s]", text, got, theirs[i])
				}
			}
		})
	}
}

func compose(random *rand.Rand) string {
	var words []string
	for _, i := range random.Perm(len(pieces))[:1+random.IntN(4)] {
		words = append(words, pieces[i][random.IntN(len(pieces[i]))])
	}
	return strings.Join(words, []string{" ", " ", "  ", ""}[random.IntN(4)])
}

// unixes are the seconds that a text means at the first and the last moment, and
// at those between.
func unixes(text string, location *time.Location, first, last time.Time) string {
	var all []string
	for now := first; now.Unix() <= last.Unix(); now = now.Add(time.Second / 4) {
		seconds := ""
		if date, err := Parse(text, now.In(location)); err == nil {
			seconds = fmt.Sprint(date.Unix())
		}
		if s := "[" + seconds + "]"; len(all) == 0 || all[len(all)-1] != s {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// askDate asks the date program, which skips what it does not understand: numbered
// lines between the texts tell which.
func askDate(t *testing.T, tz string, texts []string) []string {
	t.Helper()
	var input bytes.Buffer
	for i, text := range texts {
		fmt.Fprintf(&input, "@%d\n%s\n", -1_000_000_000_000-i, text)
	}
	cmd := exec.Command("date", "-f", "-", "+%s")
	cmd.Env = []string{"TZ=" + tz, "LC_ALL=C"}
	cmd.Stdin = &input
	out, _ := cmd.Output() // it fails for what it skips
	all, i := make([]string, len(texts)), -1
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "-1000000") && len(line) == len("-1000000000000") {
			i++
			continue
		}
		all[i] = line
	}
	if i != len(texts)-1 {
		t.Fatalf("date answered %d of %d texts", i+1, len(texts))
	}
	return all
}

// FuzzParse looks for texts that stop the parser, or whose date changes when it is
// written out and read again.
func FuzzParse(f *testing.F) {
	for _, kind := range pieces {
		for _, text := range kind {
			f.Add(text)
		}
	}
	f.Add(`TZ="Europe/Berlin" 2021-03-28 02:30`)
	f.Add(`TZ="<a>1`)
	now := time.Date(2026, 8, 15, 13, 14, 15, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		date, err := Parse(text, now)
		if err != nil || date.UTC().Year() < 1000 || date.UTC().Year() > 9999 {
			return
		}
		again, err := Parse(date.UTC().Format("2006-01-02 15:04:05.999999999 MST"), now)
		if err != nil || !again.Equal(date) {
			t.Errorf("%q is %v, which is read as %v, %v", text, date, again, err)
		}
	})
}
