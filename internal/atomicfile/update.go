package atomicfile

import "path/filepath"

// Update is Write for data that are made from what is in the file: other writers of the
// folder wait from before remake reads the file until its data are written, so that nobody's
// change is lost. Where there are no locks, or somebody does not let go of one, the file is
// written without.
func Update(path string, remake func() (data []byte, opts Options, err error)) (kept string, err error) {
	f, err := openFolder(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	defer f.close()
	data, opts, err := remake()
	if err != nil {
		return "", err
	}
	set := NewSet(filepath.Dir(path))
	set.Add(filepath.Base(path), data, opts)
	written, err := set.commitTo(f)
	if err != nil {
		return "", err
	}
	return written[0].Kept, nil
}
