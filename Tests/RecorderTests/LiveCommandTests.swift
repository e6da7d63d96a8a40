// SPDX-License-Identifier: Apache-2.0
import Glibc
import Probe
import Quantities
import Testing

@testable import Recorder

/// The command that makes live transfers. Instants are made up, so that no test waits for a phase.
@Suite struct `A live command` {
    private static let second: Int64 = 1_000_000_000
    private static let phases = LivePhases(every: .seconds(60), length: .seconds(30), begin: 0)

    private func statuses(_ command: LiveCommand, at now: Int64) -> [LiveCommand.Change] {
        for _ in 0..<200 {
            let changes = command.act(at: now * Self.second)
            if !changes.isEmpty { return changes }
            usleep(10_000)
        }
        return []
    }

    @Test func `runs while the links are left alone, and ends with all that it has started`() throws {
        let command = try LiveCommand("sleep $((WALKBACK_SECONDS * 10)) & exec sleep 300", Self.phases)
        #expect(command.act(at: 10 * Self.second).isEmpty)
        #expect(command.act(at: 61 * Self.second).isEmpty)
        #expect(command.act(at: 63 * Self.second) == [.started])
        usleep(100_000)
        #expect(command.act(at: 92 * Self.second).isEmpty)
        #expect(statuses(command, at: 93) == [.ended(128 + SIGTERM)])
        #expect(command.act(at: 100 * Self.second).isEmpty)
    }

    @Test func `that has ended by itself has its own status, in each phase`() throws {
        let command = try LiveCommand("exit 7", Self.phases)
        for cycle in 0..<2 as Range<Int64> {
            #expect(command.act(at: (cycle * 93 + 70) * Self.second) == [.started])
            // The command may take a whole phase to end. The test does not wait for longer than it takes.
            usleep(300_000)
            #expect(statuses(command, at: cycle * 93 + 93) == [.ended(7)])
        }
        #expect(command.end().isEmpty)
    }

    @Test func `is ended with the recording`() throws {
        let command = try LiveCommand("exec sleep 300", Self.phases)
        #expect(command.act(at: 70 * Self.second) == [.started])
        usleep(100_000)
        #expect(command.end() == [.ended(128 + SIGTERM)])
    }
}
