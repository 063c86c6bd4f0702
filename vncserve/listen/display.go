package listen

// FreeDisplay is the first display number of host that nothing listens on, from 1
// upwards.
func FreeDisplay(host string) Address {
	return Address{Host: host, Port: BasePort + 1, LastPort: BasePort + displays - 1}
}
