package cognitotest

// Operations returns the X-Amz-Target of each operation that a handler serves.
func Operations() []string {
	var targets []string
	for prefix, s := range services {
		for op := range s.operations {
			targets = append(targets, prefix+"."+op)
		}
	}
	return targets
}
