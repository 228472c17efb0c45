// Who gave an admin state: what is shown, what goes over the control socket, what is refused.

import Health
import Model
import Testing

@Suite("The author of an order")
struct AdminAuthorTests {
  @Test(
    "The person comes first, the user that the kernel vouches for last",
    arguments: [
      (AdminAuthor(), "uid 0"),
      (AdminAuthor(user: "root"), "root (uid 0)"),
      (AdminAuthor(user: "root", person: "root", way: .program("sudo")), "root (uid 0)"),
      (AdminAuthor(user: "root", person: "anna", way: .program("sudo")), "anna (via sudo, uid 0)"),
      (AdminAuthor(person: "anna", way: .program("doas")), "anna (via doas, uid 0)"),
      (AdminAuthor(user: "root", person: "anna"), "anna (as root, uid 0)"),
      (AdminAuthor(user: "root", person: "uid 7"), "uid 7 (as root, uid 0)"),
      (AdminAuthor(label: "job 7"), "job 7 (uid 0)"),
      (AdminAuthor(label: "job 7", user: "root"), "job 7 (root, uid 0)"),
      (
        AdminAuthor(label: "job 7", user: "root", person: "anna", way: .program("sudo")), "job 7 (anna via sudo, uid 0)"
      ),
      (AdminAuthor(label: "job 7", user: "root", person: "anna"), "job 7 (anna as root, uid 0)"),
    ])
  func shown(author: AdminAuthor, expected: String) {
    #expect(author.description(userID: 0) == expected)
    #expect(AdminAuthor(fields: author.fields.map { $0[...] }) == author, "over the socket nothing is lost")
  }

  @Test("A kernel that does not tell is no reason to believe the command")
  func unknownUser() { #expect(AdminAuthor(user: "root").description(userID: nil) == "root (uid unknown)") }

  @Test(
    "A name that could be mistaken for something else counts as none",
    arguments: [
      "", " anna", "anna ", "an\u{1b}[2Jna", "an\nna", "a\tuser=root", "root (uid 0)", "a)", "an\u{202e}na",
      "an\u{2028}na", String(repeating: "n", count: 65),
    ])
  func noName(text: String) {
    #expect(!AdminAuthor.isName(text))
    let author = AdminAuthor(label: text, user: text, person: text, way: .program("sudo"))
    #expect(author == AdminAuthor(way: .program("sudo")) && author.description(userID: 7) == "uid 7")
  }

  @Test(
    "Other fields are no author",
    arguments: [
      ["by"], ["by="], ["=anna"], ["by=a", "by=b"], ["shell=anna"], ["sudo=a", "login=b"], ["user= a"], ["by=(a"], [""],
    ])
  func noAuthor(fields: [String]) { #expect(AdminAuthor(fields: fields.map { $0[...] }) == nil) }
}
