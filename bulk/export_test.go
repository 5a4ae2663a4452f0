package bulk

// SetStep has a function called before and after each change of what outlives a crash. An error
// is one of the disk.
func (o *Options) SetStep(step func(name string) error) { o.step = step }

// SetSorter makes sorters use so little memory that a few records fill it.
func SetSorter(o *Options, bytes, runs int) { o.sorterBytes, o.sorterRuns = bytes, runs }
