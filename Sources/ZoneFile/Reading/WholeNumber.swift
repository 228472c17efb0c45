// Numbers as operators write them, without sign and unit.

/// Decimal digits as a number; nil when there is anything else, or more than nine of them.
func wholeNumber(_ text: ArraySlice<UInt8>) -> Int? {
  let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
  guard (1...9).contains(text.count), text.allSatisfy({ digits.contains($0) }) else { return nil }
  return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}
