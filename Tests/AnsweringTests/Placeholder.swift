import Testing

@Test("The room exists")
func exists() {}
