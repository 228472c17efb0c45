// Target `http`: a request to the status port, whole and in pieces; both have one reading.

import Reporting
import Server

func runHTTP(_ octets: [UInt8]) throws(Flaw) {
  var parser = HTTPRequestParser()
  let whole = parser.feed(octets.span)
  var piecewise = HTTPRequestParser()
  var progress = HTTPRequestParser.Progress.needMore
  for piece in pieces(of: octets, longest: 64) {
    let slice = octets[piece]
    progress = piecewise.feed(slice.span)
    guard progress == .needMore else { break }
  }
  try require(whole == progress, "whole \(whole), in pieces \(progress)")
  switch whole {
  case .needMore:
    try require(octets.count <= HTTPRequestParser.maximumHead, "\(octets.count) octets and no verdict")
  case .request(let request):
    try require(request.path.utf8.first == UInt8(ascii: "/"), "the path \(request.path)")
    try require(request.path.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an odd octet in the path")
    try require(request.path.utf8.count <= HTTPRequestParser.maximumRequestLine, "a long path")
  case .reject(let status):
    let response = HTTPResponse(rejecting: status).bytes(answering: .get, at: UnixTime(milliseconds: 0))
    try require(response.starts(with: "HTTP/1.1 \(status.rawValue) ".utf8), "a rejection that reads otherwise")
  }
}
