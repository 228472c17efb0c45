// Years of maintenance in seconds, from printed seeds.

import Testing

@Suite("Maintenance over the years")
struct MaintenanceSimulationTests {
  @Test(
    "Windows begin, end and are overdue as they should, over years of failures, commands, clock steps and restarts",
    arguments: [1, 2, 3, 4] as [UInt64])
  func years(seed: UInt64) {
    var simulation = MaintenanceSimulation(seed: seed)
    simulation.run(days: 365)
    let (audit, counts) = (simulation.audit, simulation.counts)
    print("maintenance simulation: seed \(seed), \(audit.checks) checks, \(counts.sorted { $0.key < $1.key })")
    #expect(audit.faults.isEmpty, "seed \(seed): \(audit.faults)")
    // A run in which nothing happens shows nothing.
    for event in ["began", "ended", "overdue", "heldBack", "missed", "plan", "conflict", "restart", "clock", "reload"] {
      #expect(counts[event, default: 0] > 5, "seed \(seed): \(event)")
    }
    #expect(audit.planned > 300 && audit.settled > 200)
  }

  @Test("The audit finds each bug that is put in", arguments: MaintenanceSimulation.Sabotage.allCases)
  func sabotage(_ sabotage: MaintenanceSimulation.Sabotage) {
    var simulation = MaintenanceSimulation(seed: 5, sabotage)
    simulation.run(days: 60)
    #expect(!simulation.audit.faults.isEmpty, "\(sabotage)")
  }
}
