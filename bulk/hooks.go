package bulk

// hooks change an import for a test. The zero value changes nothing.
type hooks struct {
	// step is called before and after each change of the disk that a later import reads, with the
	// name of the change. A test ends the process there. An error that step returns takes the place
	// of an error of the disk.
	step func(name string) error

	disk disk // nil means osDisk

	sorterBytes int // bytes of records that a sorter keeps in memory; 0 means extsort.DefaultBytes
	sorterRuns  int // files that a sorter merges at a time; 0 means extsort.DefaultRuns
}

// withDefaults returns a copy without zeros.
func (h hooks) withDefaults() hooks {
	if h.step == nil {
		h.step = noStep
	}
	if h.disk == nil {
		h.disk = osDisk{}
	}
	return h
}

// noStep is a step that does nothing.
func noStep(string) error { return nil }
