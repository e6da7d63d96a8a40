// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import KernelTier
import Testing

@testable import Netlink

@Suite struct QueueDisciplineTests {
    @Test(.kernelTier) func `fq and clsact are put on an interface, read and replaced`() throws {
        let pair = try Pair()
        try pair.near.routing.perform([.replaceFairQueue(interface: 10, handle: 1), .addClassifier(interface: 10)])
        let statistics = try #require(
            try pair.near.routing.perform([.fairQueue(interface: 10, handle: 1)]).first.flatMap(
                FairQueueStatistics.init))
        #expect(statistics == FairQueueStatistics())
        try pair.near.routing.perform([.replaceFairQueue(interface: 10, handle: 2)])
        #expect(throws: Fault.self) { try pair.near.routing.perform([.fairQueue(interface: 10, handle: 1)]) }
        try pair.near.routing.perform([.fairQueue(interface: 10, handle: 2), .deleteRootQueue(interface: 10)])
    }

    @Test(.kernelTier) func `fq has no limit, no pacing and the farthest horizon`() throws {
        let pair = try Pair()
        try pair.near.routing.perform([.replaceFairQueue(interface: 10, handle: 1)])
        let reply = try #require(try pair.near.routing.perform([.fairQueue(interface: 10, handle: 1)]).first)
        let options = try #require(Attributes(reply.payload, after: 20).nested(2))
        // By the option numbers of linux/pkt_sched.h.
        let expected: [Int: UInt32] = [
            1: .max, 2: .max, 3: 1 << 20, 4: 1 << 20, 5: 0, 8: 1, 10: 0, 13: 1, 14: .max,
        ]
        for (option, value) in expected { #expect(options.value(option) == value, "option \(option)") }
    }

    @Test(.kernelTier) func `A queueing discipline that a kernel lacks is a missing feature`() throws {
        let pair = try Pair()
        let fault = #expect(throws: Fault.self) {
            try pair.near.routing.perform([
                Request(
                    "put on a discipline", type: 36, flags: 0x500,
                    header: (UInt32(0), Int32(10), UInt32(0x1_0000), UInt32.max, UInt32(0)), feature: .fq
                ) { $0.put(1, text: "no-such-kind") }
            ])
        }
        #expect(fault == KernelFeature.fq.missing)
    }
}
