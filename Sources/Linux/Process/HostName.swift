// The complete name of this host, as far as it is known without asking the network for it.

internal import CLinux
internal import Glibc

/// The complete name of this host: the kernel's, if it has a domain, or the one in `/etc/hosts` that begins with it.
///
/// Nil if there is none that another host could know. Wraps `uname(2)`; no resolver is asked, which could take its time.
package func completeHostName() -> String? {
  var names = utsname()
  // A call that fills in this function's structure, whose texts end with a zero octet.
  guard unsafe uname(&names) == 0 else { return nil }
  let name = unsafe withUnsafeBytes(of: &names.nodename) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
  return completeHostName(kernelName: name, hosts: (try? readFile("/etc/hosts", limit: 1 << 20)) ?? [])
}

/// The same from the kernel's name and the text of `/etc/hosts`.
func completeHostName(kernelName: String, hosts: [UInt8]) -> String? {
  let kernelName = kernelName.hasSuffix(".") ? String(kernelName.dropLast()) : kernelName
  if isCompleteName(kernelName) { return kernelName }
  guard !kernelName.isEmpty, !kernelName.contains(".") else { return nil }
  // address name alias…    # comment
  for line in hosts.split(separator: UInt8(ascii: "\n")) {
    let words = line.prefix { $0 != UInt8(ascii: "#") }.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    for word in words.dropFirst() {
      let name = String(decoding: word, as: UTF8.self)
      if name.lowercased().hasPrefix(kernelName.lowercased() + "."), isCompleteName(name) { return name }
    }
  }
  return nil
}

/// Whether it is a Domain of RFC 5321 §4.1.2 with two labels or more, and not one that stands for "here".
private func isCompleteName(_ name: String) -> Bool {
  let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard labels.count >= 2, name.utf8.count <= 253, let last = labels.last,
    last.contains(where: { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
  else { return false }
  let areLabels = labels.allSatisfy { label in
    (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
      && label.allSatisfy { octet in
        (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || octet == UInt8(ascii: "-")
      }
  }
  let small = name.lowercased()
  return areLabels && !small.hasSuffix(".localdomain") && !small.hasSuffix(".localhost")
}
