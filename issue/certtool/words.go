package certtool

import "fmt"

// says makes an error in the words of certtool, which those who replaced it by vncsec
// know and scripts look for. They begin and end as they please.
func says(format string, args ...any) error { return fmt.Errorf(format, args...) }
