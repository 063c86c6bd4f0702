// Package recording writes what a console shows into a file, as asciinema's format
// has it in version 2: a line of JSON about the console, and one for each piece of
// output ("o"), change of size ("r") and mark ("m"), with its time in seconds.
//
// What is typed is not recorded: passwords would be among it. Output is, with all
// that programs show of what is typed.
//
// Reference: asciinema's documentation, "asciicast v2".
package recording
