// Package gnudate reads dates as GNU programs such as date and certtool do:
// calendar dates, times, zones, days of the week and relative items, in any order.
//
// The grammar is that of coreutils 9.1 and certtool 3.7.9 (GNU coreutils manual,
// chapter "Date input formats"). It is made for a parser that looks one token
// ahead and prefers to go on with an item, which some texts show: in "10:11 +1
// day" the +1 is a time zone and the day a relative item of its own.
package gnudate
