// JSON read by Foundation, walked by keys and indices; a step that leads nowhere gives nothing.

import Foundation

struct JSON {
  private let value: Any?

  private init(_ value: Any?) { self.value = value }

  init(parsing text: String) throws {
    value = try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  subscript(key: String) -> JSON { JSON((value as? [String: Any])?[key]) }

  subscript(index: Int) -> JSON {
    guard let array = value as? [Any], array.indices.contains(index) else { return JSON(nil) }
    return JSON(array[index])
  }

  var array: [JSON] { (value as? [Any])?.map { JSON($0) } ?? [] }
  var string: String? { value as? String }
  var int: Int? { (value as? NSNumber)?.intValue }
  var bool: Bool? { (value as? NSNumber)?.boolValue }
}
