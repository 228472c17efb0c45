// Who was last handed a node's address, and when the last cached copy expires.
//
//   worker: when it sent a reply, by slot ─(read by control)─▶ slot: addresses, TTL ─▶ cached until, by address
//
// A slot stands for one content: these addresses of this pool at this TTL. Publications that hand out the same content have
// the same slot, so that nothing is to be done for a pool that has not changed, nor for one whose nodes come and go. Once a
// content is no longer published, and each worker has gone on, its last time is folded into one number for each address; the
// slot is kept until the copies have expired, to tell who has them, and used anew after that.
//
// Pure: times and marks are passed in, in milliseconds of the clock that never steps, rounded up, so that nothing is ever said
// to be earlier than it was.

package import Answering
package import DNS
package import Health

/// The control thread's side of the ledger.
package struct HandOutLedger: Sendable {
  /// As many slots as a worker has marks for.
  package static let slotCount = HandOutNote.slotCount
  /// So many slots that are no longer published are kept for telling who was answered from them.
  package static let mostKept = 16_384

  /// What workers have noted of a slot: the latest millisecond, 0 for never.
  package typealias Marks = (_ slot: UInt32) -> UInt64

  /// Whose content a slot stands for.
  package enum Source: Hashable, Sendable {
    case pool(String)
    case records
    /// Nobody notes when these are answered.
    case hints
  }

  private struct Key: Hashable {
    var source: Source
    var addresses: [IPAddress]
    var ttl: UInt32
  }

  /// A content that was published.
  package struct Slot: Sendable {
    package let source: Source
    package let addresses: [IPAddress]
    /// In seconds.
    package let ttl: UInt32
    /// When it was first published under this number, in milliseconds: what is noted of earlier ones is another content's.
    let begun: Int64
    fileprivate var phase = Phase.published
  }

  fileprivate enum Phase: Hashable {
    case published
    /// Workers that have not come to this generation may still hand it out.
    case leaving(generation: UInt64)
    /// Nobody does any more.
    case left
  }

  /// A run as it was laid out last: while its answer stays the same, so do its slots.
  private struct LaidOutRun {
    var key: RotationKey
    var answer: RotationAnswer
    /// Of each row, or one for all.
    var slots: [UInt32]
    /// Each of them once.
    var distinct: [UInt32]
    /// The publication that it was laid out for.
    var edition: UInt64
  }

  /// What is known of one address.
  private struct Account {
    /// When the last copy expires, in milliseconds, of all that has been folded in.
    var cachedUntil: Int64
    /// When it was last handed out, by what has been folded in; nil if never since the start.
    var lastHandedOut: Int64?
    /// Whether `cachedUntil` is what the start of the process gives.
    var isByStart = true
  }

  private var sources: HandOutSources
  private let started: Int64
  /// What the process before has left to know.
  private let past: HandOutPast
  private var slots: [UInt32: Slot] = [:]
  private var numbers: [Key: UInt32] = [:]
  private var byAddress: [IPAddress: Set<UInt32>] = [:]
  private var published: Set<UInt32> = []
  private var leaving: Set<UInt32> = []
  /// Those that have left, by when their last copies expire.
  private var left = DeadlineQueue()
  /// Numbers to be used anew, from when on, in that order.
  private var free: ArraySlice<(number: UInt32, from: Int64)> = []
  /// For each number that was ever used the last publication that it was part of.
  private var editions = [UInt64](repeating: 0, count: Int(HandOutNote.anyNode) + 1)
  private var accounts: [IPAddress: Account] = [:]
  /// Addresses that nodes had before a reload, as long as copies may last.
  private var formerAddresses: [String: Set<IPAddress>] = [:]
  /// Longest TTLs of before a reload or start that has made them shorter, and until when copies under them may last.
  private var formerTTLs: [IPAddress: (ttl: UInt32, until: Int64)] = [:]
  private var secondaries: SecondaryCopies
  private var fixed: (handOuts: [FixedHandOut], slots: [UInt32]) = ([], [])
  /// Of the hints in `sources`; nil if they have yet to be given theirs.
  private var hinted: [UInt32]?
  /// By their numbers in the table.
  private var runs: [LaidOutRun?] = []
  private var edition: UInt64 = 0
  private var now: Int64
  /// Whether slots have been given up before their copies had expired, so that not all who have a copy can be named.
  package private(set) var hasGivenUpSlots = false
  /// Whether there were more contents at a time than slots: what had none counts as a hand-out of every node.
  private var hasRunOut = false

  /// - Parameter now: the start of the process, after which no other process answers.
  package init(_ sources: HandOutSources, past: HandOutPast = HandOutPast(), at now: MonotonicTime) {
    self.sources = sources
    self.past = past
    secondaries = SecondaryCopies(Array(past.copies))
    started = HandOutLedger.millisecond(after: now)
    self.now = started
    // What the process before handed out outlives a short life of this one.
    for (address, ttl) in past.longestTTLs where ttl > sources.longestTTLs[address] ?? 0 {
      formerTTLs[address] = (ttl, started + HandOutLedger.life(of: ttl))
    }
    openAccounts()
  }

  /// The whole millisecond at or after a time.
  package static func millisecond(after time: MonotonicTime) -> Int64 { (time.nanoseconds + 999_999) / 1_000_000 }

  private static func second(after millisecond: Int64) -> Int64 { (millisecond + 999) / 1_000 }

  /// How long a copy may be used, in milliseconds. A cache counts in whole seconds: unbound uses a copy to the end of the
  /// second in which its TTL is over.
  private static func life(of ttl: UInt32) -> Int64 { (Int64(ttl) + 1) * 1_000 }

  // MARK: Another configuration

  /// Takes over what another configuration hands out, before it is published.
  package mutating func follow(_ sources: HandOutSources, at now: MonotonicTime) {
    self.now = max(self.now, HandOutLedger.millisecond(after: now))
    for (address, ttl) in self.sources.longestTTLs where ttl > sources.longestTTLs[address] ?? 0 {
      let longest = max(ttl, formerTTL(of: address))
      formerTTLs[address] = (longest, self.now + HandOutLedger.life(of: longest))
    }
    formerTTLs = formerTTLs.filter { $0.value.until > self.now }
    keepFormerAddresses(before: sources)
    self.sources = sources
    hinted = nil
    // A pool may have another name under its number.
    runs = []
    secondaries.keep(Set(sources.zones.map(\.apex)))
    openAccounts()
    let millisecond = self.now
    accounts = accounts.filter { sources.longestTTLs[$0.key] != nil || $0.value.cachedUntil > millisecond }
  }

  /// Keeps the addresses that nodes no longer have. What another node has now is no longer this one's.
  private mutating func keepFormerAddresses(before sources: HandOutSources) {
    for (node, addresses) in self.sources.nodes where sources.nodes[node] != addresses {
      formerAddresses[node, default: []].formUnion(addresses)
    }
    for (node, addresses) in formerAddresses {
      let gone = addresses.filter { sources.longestTTLs[$0] == nil && isCached($0) }
      formerAddresses[node] = sources.nodes[node] == nil || gone.isEmpty ? nil : gone
    }
  }

  /// The longest TTL under which somebody may have an address, of before a reload or start too.
  private func longestTTL(of address: IPAddress) -> UInt32 {
    max(sources.longestTTLs[address] ?? 0, formerTTL(of: address))
  }

  private func formerTTL(of address: IPAddress) -> UInt32 {
    formerTTLs[address].flatMap { $0.until > now ? $0.ttl : nil } ?? 0
  }

  /// Whether somebody may have an address, or be handed it at this moment. What counts as a hand-out of every node is in no
  /// slot of the address.
  private func isCached(_ address: IPAddress) -> Bool {
    if hasRunOut, formerTTL(of: address) > 0 { return true }
    if byAddress[address] != nil || accounts[address].map({ $0.cachedUntil > now }) ?? false { return true }
    let second = HandOutLedger.second(after: now)
    let held = secondaries.standing(of: [address], at: second)
    return !held.holds.isEmpty || held.cachedUntil >= second
  }

  /// An address that is new may have been handed out by the process before.
  private mutating func openAccounts() {
    for (address, ttl) in sources.longestTTLs where accounts[address] == nil {
      accounts[address] = Account(
        cachedUntil: past.quiet[address] ?? started + HandOutLedger.life(of: max(ttl, past.longestTTLs[address] ?? 0)),
        isByStart: past.quiet[address] == nil)
    }
  }

  // MARK: Publishing

  /// Begins to lay out what is published next.
  ///
  /// - Returns: the slots of the table's own addresses, for `AddressRuns.fixedSlots`.
  package mutating func beginPublication(of handOuts: [FixedHandOut], at now: MonotonicTime) -> [UInt32] {
    self.now = max(self.now, HandOutLedger.millisecond(after: now))
    edition += 1
    // Equal at a look, as long as the table is the same.
    if fixed.handOuts != handOuts || !publishAgain(fixed.slots) {
      fixed = (handOuts, handOuts.map { slot(of: .records, $0.addresses, ttl: $0.ttl) })
    }
    if !(hinted.map { publishAgain($0) } ?? false) {
      hinted = sources.hints.map { slot(of: .hints, $0.addresses, ttl: $0.ttl) }
    }
    return fixed.slots
  }

  /// Gives the slots of a run as `AddressRuns.SlotSource` says. An answer that was published just before has the slots of
  /// then, which costs a comparison.
  package mutating func slots(
    ofRun number: Int, for key: RotationKey, _ answer: RotationAnswer, _ contents: () -> RunContents
  ) -> [UInt32] {
    while runs.count <= number { runs.append(nil) }
    if let run = runs[number], run.edition + 1 == edition, run.key == key, run.answer == answer,
      publishAgain(run.distinct)
    {
      runs[number]?.edition = edition
      return run.slots
    }
    let pool = sources.pools.indices.contains(key.pool) ? sources.pools[key.pool] : ""
    let contents = contents()
    let distinct = contents.contents.map { slot(of: .pool(pool), $0, ttl: answer.ttl) }
    let slots = contents.rows.isEmpty ? distinct : contents.rows.map { distinct[$0] }
    runs[number] = LaidOutRun(key: key, answer: answer, slots: slots, distinct: distinct, edition: edition)
    return slots
  }

  /// Takes note that slots which were published just before are so again; false if one of them stands for what had none.
  private mutating func publishAgain(_ slots: [UInt32]) -> Bool {
    for slot in slots {
      guard slot != HandOutNote.anyNode else { return false }
      editions[Int(slot)] = edition
    }
    return true
  }

  private mutating func slot(of source: Source, _ addresses: [IPAddress], ttl: UInt32) -> UInt32 {
    let key = Key(source: source, addresses: HandOutLedger.sorted(addresses), ttl: ttl)
    if let number = numbers[key] {
      revive(number)
      return number
    }
    guard let number = takeNumber() else {
      hasRunOut = true
      return HandOutNote.anyNode
    }
    numbers[key] = number
    slots[number] = Slot(source: source, addresses: key.addresses, ttl: ttl, begun: now)
    editions[Int(number)] = edition
    for address in key.addresses { byAddress[address, default: []].insert(number) }
    published.insert(number)
    return number
  }

  private mutating func revive(_ number: UInt32) {
    guard let slot = slots[number] else { return }
    editions[Int(number)] = edition
    switch slot.phase {
    case .published: return
    case .leaving: leaving.remove(number)
    case .left: left.remove(Int(number))
    }
    slots[number]?.phase = .published
    published.insert(number)
  }

  private static func sorted(_ addresses: [IPAddress]) -> [IPAddress] {
    addresses.count < 2 ? addresses : addresses.sorted { $0.octets.lexicographicallyPrecedes($1.octets) }
  }

  /// A number that no worker has noted anything under for some seconds.
  private mutating func takeNumber() -> UInt32? {
    if let first = free.first, first.from <= now {
      free = free.dropFirst()
      return first.number
    }
    guard editions.count < HandOutLedger.slotCount else { return nil }
    editions.append(0)
    return UInt32(editions.count - 1)
  }

  /// Takes note that what was laid out is published as this generation: what it does not have is on its way out.
  package mutating func endPublication(generation: UInt64) {
    for number in published.filter({ editions[Int($0)] != edition }) {
      slots[number]?.phase = .leaving(generation: generation)
      published.remove(number)
      leaving.insert(number)
    }
  }

  // MARK: Secondaries

  /// Takes note of the zones as they are published.
  ///
  /// - Parameters:
  ///   - serials: of the zones, in their order; empty where no zone may be transferred.
  ///   - addresses: what each pool hands out.
  package mutating func publishZones(serials: [UInt32], handingOut addresses: [[IPAddress]]) {
    guard serials.count == sources.zones.count else { return }
    for (zone, serial) in zip(sources.zones, serials) where secondaries.isOutdated(zone.apex, serial: serial) {
      var content = SecondaryCopies.Content(
        apex: zone.apex, serial: serial, expire: zone.expire, addresses: zone.records)
      for (pool, ttl) in zone.pools where addresses.indices.contains(pool) {
        for address in addresses[pool] {
          content.addresses[address] = max(content.addresses[address] ?? 0, ttl)
        }
      }
      secondaries.publish(content, known: zone.known, at: HandOutLedger.second(after: now))
    }
  }

  /// Takes note of what workers report of transfers.
  package mutating func note(_ events: [ZoneCopy.Event], at now: MonotonicTime) {
    let second = HandOutLedger.second(after: HandOutLedger.millisecond(after: now))
    for event in events {
      switch event {
      case .begun(let copy): secondaries.begin(copy)
      case .complete(let copy): secondaries.complete(copy, at: second)
      case .broken(let copy): secondaries.breakOff(copy)
      case .lost: secondaries.noteLoss()
      }
    }
  }

  // MARK: The next process

  /// What the process after this one has to know.
  ///
  /// - Parameter isOut: whether an operator has taken a node out of the answers.
  package func past(_ isOut: (String) -> Bool) -> HandOutPast {
    var past = HandOutPast()
    past.longestTTLs = sources.longestTTLs
    for (address, former) in formerTTLs where former.until > now {
      past.longestTTLs[address] = max(past.longestTTLs[address] ?? 0, former.ttl)
    }
    past.copies = Set(secondaries.all)
    for (node, addresses) in sources.nodes where isOut(node) {
      for address in addresses where !isHandedOut(address) {
        if let account = accounts[address] { past.quiet[address] = account.cachedUntil }
      }
    }
    return past
  }

  /// Whether an address is published, or a worker may still be sending it.
  package func isHandedOut(_ address: IPAddress) -> Bool {
    (byAddress[address] ?? []).contains {
      guard let slot = slots[$0] else { return false }
      if case .left = slot.phase { return false } else { return true }
    }
  }

  // MARK: Time

  /// Whether `settle` has something to wait for.
  package var isSettling: Bool { !leaving.isEmpty }

  /// When `settle` is next to be called for what has left, in monotonic milliseconds; nil if never.
  package var nextExpiry: Int64? { left.first.map { HandOutLedger.millisecond(after: $0.deadline) } }

  /// Folds in what no worker hands out any more, and forgets what nobody has any more.
  ///
  /// - Parameters:
  ///   - passed: no worker answers from an older generation than this.
  ///   - marks: read after `passed` was found.
  package mutating func settle(passed: UInt64, marks: Marks, at now: MonotonicTime) {
    self.now = max(self.now, HandOutLedger.millisecond(after: now))
    for number in leaving {
      guard let slot = slots[number], case .leaving(let generation) = slot.phase, generation <= passed else { continue }
      leaving.remove(number)
      let mark = lastHandOut(of: slot, number, marks)
      if let mark { fold(slot, mark) }
      slots[number]?.phase = .left
      let expires = mark.map { $0 + HandOutLedger.life(of: slot.ttl) } ?? self.now
      left.schedule(Int(number), at: HandOutLedger.time(milliseconds: expires))
    }
    forget()
  }

  private func lastHandOut(of slot: Slot, _ number: UInt32, _ marks: Marks) -> Int64? {
    if slot.source == .hints { return now }
    let mark = Int64(marks(number))
    return mark < slot.begun || mark == 0 ? nil : mark
  }

  private mutating func fold(_ slot: Slot, _ mark: Int64) {
    for address in slot.addresses {
      var account = accounts[address] ?? Account(cachedUntil: 0)
      account.lastHandedOut = max(account.lastHandedOut ?? 0, mark)
      if mark + HandOutLedger.life(of: slot.ttl) >= account.cachedUntil {
        account.cachedUntil = mark + HandOutLedger.life(of: slot.ttl)
        account.isByStart = false
      }
      accounts[address] = account
    }
  }

  /// Frees the slots of which no copy is left, and where too many are kept those of which it soon is.
  private mutating func forget() {
    while let (key, deadline) = left.first {
      let isExpired = HandOutLedger.millisecond(after: deadline) <= now
      guard isExpired || left.count > HandOutLedger.mostKept else { return }
      if !isExpired { hasGivenUpSlots = true }
      left.remove(key)
      free(UInt32(key))
    }
  }

  private mutating func free(_ number: UInt32) {
    guard let slot = slots.removeValue(forKey: number) else { return }
    numbers[Key(source: slot.source, addresses: slot.addresses, ttl: slot.ttl)] = nil
    for address in slot.addresses {
      byAddress[address]?.remove(number)
      if byAddress[address]?.isEmpty == true { byAddress[address] = nil }
    }
    // What askers are entered under, the second in which the number was freed, is none of the next content.
    free.append((number, now + 2_000))
  }

  // MARK: Questions

  /// Whether there was more to know than there is room for.
  package var isIncomplete: Bool { hasRunOut || secondaries.isIncomplete }

  /// The addresses of a node of the configuration, and those of before a reload that somebody may still have.
  package func addresses(ofNode node: String) -> [IPAddress]? {
    sources.nodes[node].map { $0 + (formerAddresses[node] ?? []).filter(isCached) }
  }

  /// What is known of a node with these addresses.
  ///
  /// - Parameter marks: as in `settle`; only the slots of these addresses are asked for.
  package func quiet(of addresses: [IPAddress], marks: Marks, at now: MonotonicTime) -> NodeQuiet {
    let millisecond = max(self.now, HandOutLedger.millisecond(after: now))
    var last: Int64?
    var until: Int64 = 0
    var isByStart = false
    var isLeaving = false
    var servers = HandOutServers()
    let anyNode = Int64(marks(HandOutNote.anyNode))
    for address in addresses {
      if let account = accounts[address] {
        last = [last, account.lastHandedOut].compactMap { $0 }.max()
        if account.cachedUntil > until { (until, isByStart) = (account.cachedUntil, account.isByStart) }
      }
      if anyNode > 0 {
        last = max(last ?? 0, anyNode)
        until = max(until, anyNode + HandOutLedger.life(of: longestTTL(of: address)))
      }
      for number in byAddress[address] ?? [] {
        guard let slot = slots[number] else { continue }
        if let mark = lastHandOut(of: slot, number, marks), slot.source != .hints { last = max(last ?? 0, mark) }
        switch slot.phase {
        case .published: servers.add(slot, address, of: sources)
        case .leaving: isLeaving = true
        case .left: break
        }
      }
    }
    let held = secondaries.standing(of: addresses, at: HandOutLedger.second(after: millisecond))
    let standing: NodeQuiet.Standing
    if !servers.all.isEmpty {
      standing = .servedStill(by: servers.all)
    } else if isLeaving {
      standing = .settling
    } else if !held.holds.isEmpty {
      standing = .heldBySecondaries(held.holds)
    } else {
      let heldUntil = held.cachedUntil == 0 ? 0 : (held.cachedUntil + 1) * 1_000
      if heldUntil > until { (until, isByStart) = (heldUntil, false) }
      let time = HandOutLedger.time(milliseconds: until)
      standing = until > millisecond || now < time ? .notYet(at: time) : .quiet(since: time)
    }
    return NodeQuiet(standing, lastHandedOut: last.map { HandOutLedger.time(milliseconds: $0) }, isByStart: isByStart)
  }

  package static func time(_ second: Int64) -> MonotonicTime { time(milliseconds: second * 1_000) }

  package static func time(milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  /// The slots of late with one of these addresses, by their numbers.
  func slots(with addresses: [IPAddress]) -> [UInt32: Slot] {
    var found: [UInt32: Slot] = [:]
    for address in addresses {
      for number in byAddress[address] ?? [] { found[number] = slots[number] }
    }
    return found
  }
}
