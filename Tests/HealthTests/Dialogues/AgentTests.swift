// Agents by HAProxy's words, and programs by their end.

import Health
import Model
import Testing

struct AgentDialogueTests {
  @Test(
    "An agent's line means what it means to HAProxy",
    arguments: [
      ("up", "success", nil), ("UP", "success", nil), ("ready", "success", nil), ("up ready", "success", nil),
      ("ready,up,80%", "success", 80), ("75%", "success", 75), ("75% 50%", "success", 50),
      ("\t100% \t,,up", "success", 100),
      ("900%", "success", 256), ("maxconn:30", "success", nil), ("up maxconn:30 50%", "success", 50),
      ("down", "agent says down", nil), ("down#disk full", "agent says down: disk full", nil),
      ("down # \t disk full", "agent says down: disk full", nil), ("down #", "agent says down", nil),
      ("stopped", "agent says stopped", nil), ("fail", "agent says fail", nil),
      ("failed#x", "agent says failed: x", nil),
      ("up down", "agent says down", nil), ("down up", "success", nil),
      ("drain", "maintenance: agent says drain", nil), ("maint", "maintenance: agent says maint", nil),
      ("maint#patch day", "maintenance: agent says maint: patch day", nil), ("maint ready", "success", nil),
      ("maint down", "maintenance: agent says maint", nil), ("drain 50%", "maintenance: agent says drain", 50),
      ("0%", "maintenance: agent says drain", 0), ("0% down", "agent says down", 0),
      ("up sideways", "success", nil), ("sideways", "agent's line was sideways", nil),
      ("", "agent's line was empty", nil),
      ("#up", "agent's line was #up", nil), ("%", "agent's line was %", nil), ("-5%", "agent's line was -5%", nil),
      ("99999999999999999999%", "agent's line was 99999999999999999999%", nil), ("upup", "agent's line was upup", nil),
      ("up\rdown", "success", nil), ("down#\u{1B}[31m", "agent says down: \\027[31m", nil),
    ] as [(String, String, Int?)])
  func words(line: String, words: String, weight: Int?) {
    for end in ["\n", "\r\n"] {
      let talk = Talk(.agent(port: 9), line + end)
      #expect(talk.words == words)
      #expect(talk.notes.agent?.weight == weight)
    }
  }

  @Test("An agent that closes in place of a line end has spoken; one that says nothing has not")
  func unendedLine() {
    #expect(Talk(.agent(port: 9), "up 50%", closes: true).words == "success")
    #expect(Talk(.agent(port: 9), "up", closes: false).words == "none, waits for agentLine")
    #expect(Talk(.agent(port: 9), "", closes: true).words == "connection closed, no line from the agent")
    #expect(Talk(.agent(port: 9), String(repeating: "up ", count: 1_000)).words == "agent's line is too long")
  }
}

@Test(
  "A program's exit status decides, and its first line is the reason",
  arguments: [
    (.exited(status: 0), "all well\n", "success"),
    (.exited(status: 2), "queue is full\nand more\n", "exit status 2: queue is full"),
    (.exited(status: 1), "", "exit status 1"), (.exited(status: 1), "\nsecond", "exit status 1"),
    (.killed(signal: 9), "so far", "killed by signal 9: so far"), (.killed(signal: 11), "", "killed by signal 11"),
  ] as [(ProgramEnd, String, String)])
func programEnds(end: ProgramEnd, output: String, words: String) {
  #expect(ProbeOutcome(of: end, output: Array(output.utf8)).description == words)
}

@Test("What a node says is cut to 120 octets, and nothing in it can act on a terminal")
func peerText() {
  #expect(PeerText(String(repeating: "a", count: 120)).description == String(repeating: "a", count: 120))
  #expect(PeerText(String(repeating: "a", count: 121)).description == String(repeating: "a", count: 120) + "…")
  #expect(PeerText(" \t a b \r\n").description == "a b")
  #expect(
    PeerText([0, 9, 0x1B, 0x7F, 0x80, 0xFF, 0x5C] as [UInt8]).description == "\\000\\009\\027\\127\\128\\255\\092")
  #expect(PeerText(String(repeating: " ", count: 10_000)).isEmpty)
}
