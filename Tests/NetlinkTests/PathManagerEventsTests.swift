// SPDX-License-Identifier: Apache-2.0
import KernelTier
import Testing

@testable import Netlink

@Suite struct PathManagerEventsTests {
    /// A generic netlink header of `type` and attributes, as the kernel lays them out.
    private func event(_ type: UInt8, _ attributes: [(type: UInt8, bytes: [UInt8])]) -> PathManagerEvents.Event? {
        var message: [UInt8] = [type, 1, 0, 0]
        for (type, bytes) in attributes {
            message += [UInt8(4 + bytes.count), 0, type, 0] + bytes
            message += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
        }
        return message.withUnsafeBytes { PathManagerEvents.Event($0) }
    }

    /// The numbers are those of linux/mptcp.h, which the kernel promises to programs.
    @Test func `A closed subflow says whose it was and why it went`() throws {
        let closed = try #require(
            event(
                11,
                [
                    (1, [1, 2, 3, 4]), (2, [2, 0]), (5, [10, 1, 0, 2]), (7, [10, 255, 0, 2]), (3, [0]), (4, [7]),
                    (11, [1]), (12, [110]), (16, [5, 0, 0, 0]),
                ]))
        #expect(closed.kind == .subflowClosed)
        #expect(closed.local == IPAddress("10.1.0.2"))
        #expect(closed.remote == IPAddress("10.255.0.2"))
        #expect(closed.remoteID == 7)
        #expect(closed.isBackup)
        #expect(closed.error == 110)
        #expect(closed.resetReason == 5)
    }

    @Test func `A withdrawn address has its number only`() throws {
        let removed = try #require(event(7, [(1, [1, 2, 3, 4]), (4, [3])]))
        #expect(removed.kind == .removed)
        #expect(removed.remoteID == 3)
        #expect(removed.local == nil && removed.remote == nil && removed.error == nil && !removed.isBackup)
    }

    @Test(arguments: [0, 15, 16, 200]) func `Reports of other kinds are passed over`(type: UInt8) {
        #expect(event(type, [(1, [1, 2, 3, 4])]) == nil)
    }

    @Test func `Half a message is none`() {
        #expect([UInt8]([11, 1]).withUnsafeBytes { PathManagerEvents.Event($0) } == nil)
    }

    @Test(.kernelTier) func `Nothing is reported where nothing happens`() throws {
        let namespace = try Namespace("a")
        let events = try namespace.run { try PathManagerEvents() }
        #expect(events.descriptor >= 0)
        #expect(try events.drain() == [])
    }
}
