// Package atomicfile writes keys, certificates and settings so that nobody ever
// sees half a file, and so that nothing that was there before is lost.
//
// Every file is first written under a temporary name in the folder it belongs
// to, with its final mode and owner before its first byte, synced, and then
// given its name in one step (link(2) for a new file, rename(2) for one that
// replaces another). A process that dies at any moment leaves the old file or
// the new one, and at worst a temporary file (".NAME.tmp-...", of the same mode)
// that nothing reads and the next writer of that name removes.
//
// Symbolic links are never followed in the last part of a path: a name that is
// one is refused. Folders in which another user than root may rename files,
// because they are his or everybody may, are refused as well. Writers of one
// folder wait for each other, and with Update from reading a file on.
//
// Overwrite is for programs that stand in for others and have to replace what they
// would: it follows links and keeps nothing.
package atomicfile
