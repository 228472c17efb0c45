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

/// What ships does without two modules that every file imports unasked: regular expressions would add two megabytes to
/// the binary at the first `text.contains("word")`, and threads are our own.
///
/// A release is one program that exports nothing, so the linker may leave out every function that nobody calls, public or
/// not, and fold those that are alike: each has a section of its own, and none is marked as used.
let withReflection: [SwiftSetting] =
  houseRules + [
    .unsafeFlags([
      "-Xfrontend", "-disable-implicit-string-processing-module-import",
      "-Xfrontend", "-disable-implicit-concurrency-module-import",
    ]),
    .unsafeFlags(
      ["-Xfrontend", "-function-sections", "-Xfrontend", "-internalize-at-link"], .when(configuration: .release)),
  ]

/// Nothing is ever printed by the names in the source: where a value is shown, it says itself how. `Linux` alone keeps
/// the names, because without them the compiler also omits what `Server` needs to destroy handles of `Linux`.
let shipped: [SwiftSetting] =
  withReflection + [.unsafeFlags(["-Xfrontend", "-disable-reflection-metadata"], .when(configuration: .release))]

/// All but the answer path is compiled for size. What the answer path has of other modules is inlined into it.
let forSize: SwiftSetting = .unsafeFlags(["-Osize"], .when(configuration: .release))
let rarelyRun: [SwiftSetting] = shipped + [forSize]

/// The fuzz targets: as a rule their kept inputs are tests; scripts/fuzz alone has the fuzzer linked.
let fuzzing: Target =
  Context.environment["RONDO_FUZZ"] == nil
  ? .testTarget(
    name: "FuzzingTests",
    dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Policy", "Reporting", "Linux", "Server"],
    path: "Tests/Fuzzing",
    exclude: ["Entry.swift", "Corpus", "Dictionaries"], swiftSettings: houseRules)
  : .executableTarget(
    name: "fuzzing", dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Policy", "Reporting", "Linux", "Server"],
    path: "Tests/Fuzzing",
    exclude: ["CorpusTests.swift", "Corpus", "Dictionaries"],
    swiftSettings: houseRules + [.unsafeFlags(["-parse-as-library"])])

let package = Package(
  name: "rondo",
  products: [.executable(name: "rondo", targets: ["rondo"])],
  dependencies: [],
  targets: [
    // What the answer path calls in another module is `public`: the compiler does not inline `package` functions
    // across modules, and a call for every octet read costs more than the answer.
    // Names, record types, addresses, messages. Pure.
    .target(name: "DNS", swiftSettings: rarelyRun),
    // The words of the zone config file that others act on: nodes, checks, pools, sites. Pure.
    .target(name: "Model", dependencies: ["DNS"], swiftSettings: rarelyRun),
    // Zone config text → configuration and diagnostics. Pure.
    .target(name: "ZoneFile", dependencies: ["DNS", "Model"], swiftSettings: rarelyRun),
    // Configuration → zone table; query → answer. Pure.
    .target(name: "Answering", dependencies: ["DNS", "Model", "ZoneFile"], swiftSettings: shipped),
    // Check dialogues and judgement over virtual time. Pure.
    .target(name: "Health", dependencies: ["DNS", "Model"], swiftSettings: rarelyRun),
    // What Swift cannot import from the C headers by itself.
    .systemLibrary(name: "CLinux"),
    // System calls, descriptors, sockets, epoll, threads: the only room that acts.
    .target(name: "Linux", dependencies: ["CLinux", "DNS"], swiftSettings: withReflection + [forSize]),
    // What is probed for a configuration, who is handed out and why, how fast a fault is noticed. Pure.
    .target(
      name: "Policy", dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Health"], swiftSettings: rarelyRun),
    // What operators read: status in all its forms, log lines, explanations, timelines. Pure.
    .target(
      name: "Reporting", dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Health", "Policy"],
      swiftSettings: rarelyRun),
    // Threads, listeners, checks on real sockets, control socket.
    .target(
      name: "Server",
      dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Health", "Policy", "Reporting", "Linux"],
      swiftSettings: rarelyRun),
    // The commands.
    .executableTarget(
      name: "rondo",
      dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Health", "Policy", "Reporting", "Linux", "Server"],
      swiftSettings: rarelyRun),

    // Not shipped: the pieces of the answer path, to have their instructions counted.
    .executableTarget(
      name: "benchmarks", dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Linux"], path: "Tests/Benchmarks",
      swiftSettings: houseRules),

    // Not shipped: asks Rondo and other servers the same questions.
    .executableTarget(
      name: "differential", dependencies: ["DNS", "ZoneFile", "Linux", "TestSupport"], path: "Tests/Differential",
      exclude: ["zones"], swiftSettings: houseRules),

    // Not shipped: the mail nodes of scripts/demo.
    .executableTarget(
      name: "demo-node", dependencies: ["DNS", "Linux"], path: "Tests/DemoNode", swiftSettings: houseRules),

    // Not shipped: how many octets are answered for an octet that is asked.
    .executableTarget(
      name: "amplification", dependencies: ["DNS", "Linux"], path: "Tests/Amplification",
      exclude: ["zones"], swiftSettings: houseRules),

    // Not shipped: what several tests need, each thing once.
    .target(name: "TestSupport", dependencies: ["DNS", "ZoneFile"], path: "Tests/Support", swiftSettings: houseRules),

    .testTarget(name: "DNSTests", dependencies: ["DNS", "TestSupport"], swiftSettings: houseRules),
    .testTarget(
      name: "ZoneFileTests", dependencies: ["DNS", "Model", "ZoneFile", "TestSupport"], swiftSettings: houseRules),
    .testTarget(
      name: "AnsweringTests", dependencies: ["DNS", "Model", "ZoneFile", "Answering", "TestSupport"],
      swiftSettings: houseRules),
    .testTarget(
      name: "HealthTests", dependencies: ["DNS", "Model", "Health", "TestSupport"], swiftSettings: houseRules),
    .testTarget(name: "LinuxTests", dependencies: ["DNS", "Linux", "TestSupport"], swiftSettings: houseRules),
    .testTarget(
      name: "PolicyTests", dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Health", "Policy", "TestSupport"],
      swiftSettings: houseRules),
    .testTarget(
      name: "ReportingTests",
      dependencies: ["DNS", "Model", "ZoneFile", "Answering", "Health", "Policy", "Reporting", "TestSupport"],
      swiftSettings: houseRules),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "DNS", "Model", "ZoneFile", "Answering", "Health", "Policy", "Reporting", "Linux", "Server", "TestSupport",
      ],
      swiftSettings: houseRules),
    .testTarget(
      name: "RondoTests",
      dependencies: ["DNS", "ZoneFile", "Health", "Policy", "Reporting", "rondo", "TestSupport"],
      swiftSettings: houseRules),
    // The built binary against real clients over real sockets.
    .testTarget(
      name: "IntegrationTests", dependencies: ["DNS", "Linux", "rondo", "TestSupport"], swiftSettings: houseRules),
    fuzzing,
  ]
)
