// Sending a batch: only what has a reply, to where it came from, from the address that was asked.
//
// The PKTINFO control message that came with the query goes back with the reply:
//
//   octet           0        8       12     16              20            24         28           32            36
//   cmsghdr         length   level   type   in_pktinfo:     ifindex       source     destination
//                                           in6_pktinfo:    address (16) ─────────────────────▶   ifindex

internal import CLinux
internal import Glibc

/// What became of the replies of one batch.
package struct SendTally: Hashable, Sendable {
  /// Replies that the kernel took.
  package var sent: Int
  /// Replies that could not be sent each for its own reason: a firewall rule, no route, too long.
  package var refused: Int
  /// Replies dropped because the socket's buffer was full.
  package var dropped: Int
  /// Why the last one of the refused was.
  package var lastRefusal: Errno?

  package init(sent: Int = 0, refused: Int = 0, dropped: Int = 0, lastRefusal: Errno? = nil) {
    self.sent = sent
    self.refused = refused
    self.dropped = dropped
    self.lastRefusal = lastRefusal
  }
}

extension DatagramBatch {
  /// Sends the replies and empties the batch. Wraps `sendmmsg(2)`.
  ///
  /// Throws nothing, for no failure concerns more than its own datagram: whatever happens to one, the next is tried.
  /// When the socket's buffer is full the rest is dropped, as a network would; the askers ask again.
  package mutating func send(to socket: borrowing UDPSocket) -> SendTally {
    let replies = gatherReplies(withSource: socket.asksDestination)
    count = 0
    let number = socket.number
    var tally = SendTally()
    var next = 0
    while next < replies {
      // The headers from `next` up to `replies` were filled by `gatherReplies`.
      let taken = Int(
        attempt("sendmmsg") {
          unsafe sendmmsg(number, leaving + next, UInt32(replies - next), SocketFlag.doNotWait | SocketFlag.noSignal)
        })
      if taken > 0 {
        next += taken
        tally.sent += taken
        continue
      }
      let error = Errno.current
      if error == .interrupted { continue }
      if error == .wouldBlock {
        tally.dropped = replies - next
        for reply in next..<replies { markUnsent(reply) }
        break
      }
      markUnsent(next)
      tally.refused += 1
      tally.lastRefusal = error
      next += 1
    }
    return tally
  }

  /// Keeps that a reply was not sent, by the number of its header.
  private mutating func markUnsent(_ number: Int) {
    // In bounds (see the arena): the header was filled, and its name is that of one of the batch.
    guard let name = unsafe leaving[number].msg_hdr.msg_name else { return }
    unsafe slots[(name - names) / Self.nameStride].isUnsent = true
  }

  /// Fills one header for each reply, without gaps, and returns how many.
  private mutating func gatherReplies(withSource: Bool) -> Int {
    var filled = 0
    for index in 0..<count {
      // In bounds (see the arena): `filled` never overtakes `index`.
      let slot = unsafe slots[index]
      guard slot.replyLength > 0 else { continue }
      let controlLength = withSource && keepSourceOnly(index, slot) ? Int(slot.controlLength) : 0
      unsafe leavingVectors[filled] = iovec(iov_base: replies + index * replyStride, iov_len: Int(slot.replyLength))
      let header = unsafe leaving + filled
      unsafe header.pointee.msg_hdr.msg_name = names + index * Self.nameStride
      unsafe header.pointee.msg_hdr.msg_namelen =
        peer(index).isIPv6
        ? socklen_t(SocketAddressLayout.ipv6Length) : socklen_t(SocketAddressLayout.ipv4Length)
      unsafe header.pointee.msg_hdr.msg_control = controlLength > 0 ? controls + index * Self.controlStride : nil
      unsafe header.pointee.msg_hdr.msg_controllen = controlLength
      filled += 1
    }
    return filled
  }

  /// Makes the received control message one that names the reply's source and nothing else; false if there is none.
  ///
  /// The interface it arrived on is taken out, so that the routing table, not the way in, decides on the way out; a
  /// link-local IPv6 address means nothing without it and keeps it.
  private mutating func keepSourceOnly(_ index: Int, _ slot: Slot) -> Bool {
    // Inside the arena (see there): the fields below lie in the first 40 of 64 octets.
    let control = unsafe controls + index * Self.controlStride
    let level = unsafe control.load(fromByteOffset: 8, as: Int32.self)
    let type = unsafe control.load(fromByteOffset: 12, as: Int32.self)
    if slot.controlLength >= 28, level == SocketLevel.ipv4, type == IP_PKTINFO {
      unsafe control.storeBytes(of: 0, toByteOffset: 16, as: UInt32.self)
      return true
    }
    if slot.controlLength >= 36, level == SocketLevel.ipv6, type == IPV6_PKTINFO {
      let isLinkLocal = unsafe control.load(fromByteOffset: 16, as: UInt16.self).bigEndian & 0xFFC0 == 0xFE80
      if !isLinkLocal { unsafe control.storeBytes(of: 0, toByteOffset: 32, as: UInt32.self) }
      return true
    }
    return false
  }
}
