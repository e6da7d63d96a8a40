// SPDX-License-Identifier: Apache-2.0
import Quantities
import Testing

@testable import Probe

@Suite struct `Phases for live transfers` {
    private static let second: Int64 = 1_000_000_000
    private let phases = LivePhases(every: .seconds(60), length: .seconds(30), begin: 7 * Self.second)

    /// 60 s of probing, 3 s of echoes, 30 s of a live transfer.
    @Test(
        arguments: [
            (0, 67), (7, 67), (66, 67), (67, 67), (69, 67), (70, 67), (99, 67), (100, 160), (159, 160), (193, 253),
        ] as [(Int64, Int64)])
    func `come one after the other, each until it has ended`(now: Int64, settles: Int64) {
        let phase = phases.phase(at: now * Self.second)
        #expect(phase.settles == settles * Self.second)
        #expect(phase.starts == (settles + 3) * Self.second)
        #expect(phase.ends == (settles + 33) * Self.second)
    }
}
