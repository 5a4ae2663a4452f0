package backendtest_test

// strangers are lies that were not made up with a rule in mind.
func strangers() []mutant { return nil }
