// swift-tools-version: 6.2
// The house plan of Rondo: which module may see which. Dependencies point one way, downwards.
import PackageDescription

/// Every Swift target is built by the same strict rules.
let houseRules: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// What the answer path needs besides: its small wire functions are inlined into their callers across modules.
let answerPath: [SwiftSetting] = houseRules + [
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
]

let package = Package(
  name: "rondo",
  products: [.executable(name: "rondo", targets: ["rondo"])],
  dependencies: [],
  targets: [
    // Names, record types, addresses, messages. Pure.
    .target(name: "DNS", swiftSettings: answerPath),
    // Zone config text → zone model and diagnostics. Pure.
    .target(name: "ZoneFile", dependencies: ["DNS"], swiftSettings: houseRules),
    // Zone model → zone table; query → answer. Pure.
    .target(name: "Answering", dependencies: ["DNS", "ZoneFile"], swiftSettings: answerPath),
    // Check dialogues and judgement over virtual time. Pure.
    .target(name: "Health", dependencies: ["DNS"], swiftSettings: houseRules),
    // What Swift cannot import from the C headers by itself.
    .systemLibrary(name: "CLinux"),
    // System calls, descriptors, sockets, epoll, threads: the only room that acts.
    .target(name: "Linux", dependencies: ["CLinux", "DNS"], swiftSettings: answerPath),
    // Threads, listeners, checks on real sockets, status page, control socket.
    .target(
      name: "Server", dependencies: ["DNS", "ZoneFile", "Answering", "Health", "Linux"],
      swiftSettings: answerPath),
    // The commands.
    .executableTarget(
      name: "rondo", dependencies: ["DNS", "ZoneFile", "Answering", "Health", "Linux", "Server"],
      swiftSettings: houseRules),

    .testTarget(name: "DNSTests", dependencies: ["DNS"], swiftSettings: houseRules),
    .testTarget(name: "ZoneFileTests", dependencies: ["DNS", "ZoneFile"], swiftSettings: houseRules),
    .testTarget(
      name: "AnsweringTests", dependencies: ["DNS", "ZoneFile", "Answering"], swiftSettings: houseRules),
    .testTarget(name: "HealthTests", dependencies: ["DNS", "Health"], swiftSettings: houseRules),
    .testTarget(name: "LinuxTests", dependencies: ["DNS", "Linux"], swiftSettings: houseRules),
    .testTarget(
      name: "ServerTests", dependencies: ["DNS", "ZoneFile", "Answering", "Health", "Linux", "Server"],
      swiftSettings: houseRules),
  ]
)
