import Glibc
import KernelTier
import Runs
import Testing
import Units

@testable import Lab
@testable import Netlink

@Suite struct MobilityTests {
    @Test(.kernelTier, arguments: [RunPlan.AddressFamily.ipv4, .ipv6]) func `Endpoints go and come with their paths`(
        family: RunPlan.AddressFamily
    ) throws {
        let rig = try LabRig([family, family], endpoints: true)
        let manager = try #require(rig.lab.pathManager)
        let all = try manager.endpoints()
        #expect(all.map(\.address.description) == rig.plan.paths.indices.map { rig.lab.mobileAddress(of: $0) })
        #expect(all.map(\.flags) == [.subflow, .subflow])
        #expect(all.map(\.interface) == rig.lab.topology.paths.map(\.radio.near.interface.index))
        #expect(try manager.limits() == PathManager.Limits(subflows: 8, acceptedAddresses: 8))
        for path in [0, 1] {
            try rig.lab.detachRadio(path)
            try rig.lab.leave(path)
            try rig.lab.leave(path)
            #expect(try manager.endpoints() == [all[1 - path]])
            try rig.lab.attachRadio(path)
            try rig.lab.join(path)
            try rig.lab.join(path)
            #expect(try Set(manager.endpoints()) == Set(all))
        }
    }

    @Test(.kernelTier) func `Without MPTCP there are no endpoints`() throws {
        let rig = try LabRig([.ipv4])
        #expect(try rig.lab.mobile.run { try PathManager().endpoints() } == [])
    }

    @Test(.kernelTier) func `Paths of both families have one endpoint each, paths that share none are refused`() throws
    {
        let manager = try #require(try LabRig([.both, .ipv6], endpoints: true).lab.pathManager)
        #expect(try manager.endpoints().map(\.address.description) == ["fd00:1::2", "fd00:2::2"])
        let fault = #expect(throws: Fault.self) { try LabRig([.ipv4, .ipv6], endpoints: true) }
        #expect(fault?.code == .badInput)
    }

    @Test(.kernelTier) func `A full queue is lost with its radio, counted, and delays nothing afterwards`() throws {
        // 1 Mb/s and a queue of 100 kB: 0.8 s of waiting.
        let rig = try LabRig([.ipv4], rate: .megabitsPerSecond(1))
        rig.start()
        let (mobile, server) = (try rig.mobileSocket(0), try rig.serverSocket())
        let (there, back) = (try rig.mobileAddress(0, .v4), try rig.serverAddress(.v4))
        for _ in 0..<60 {
            try server.send([UInt8](repeating: 1, count: 1472), to: there, port: 7)
            try mobile.send([UInt8](repeating: 1, count: 1472), to: back, port: 7)
        }
        try rig.lab.detachRadio(0)
        usleep(1_000_000)
        try rig.lab.attachRadio(0)
        try server.send([2], to: there, port: 7)
        try mobile.send([2], to: back, port: 7)
        // 10 ms of delay and 0.2 ms on the link.
        usleep(10_500)
        #expect(mobile.receive(within: .zero) == [2])
        #expect(server.receive(within: .zero) == [2])
        for record in try rig.lab.linkRecords() {
            #expect(record.droppedDetached.bytes == 60 * 1500)
            #expect(record.droppedQueue.bytes == 0)
            #expect(record.arrived.bytes == 29)
            #expect(record.queueDisciplineDrops == 0)
        }
    }

    @Test(.kernelTier) func `The access network sends again as soon as the mobile host's link is up`() throws {
        let rig = try LabRig([.both])
        rig.start()
        for round in 0..<5 {
            try rig.lab.detachRadio(0)
            try rig.lab.leave(0)
            // From at once to longer than the kernel's pause between two looks at its carriers.
            usleep([0, 1000, 300_000, 999_000, 2_500_000][round])
            try rig.lab.attachRadio(0)
            try rig.lab.join(0)
            for family in IPAddress.Family.allCases {
                let (mobile, server) = (try rig.mobileSocket(0, family), try rig.serverSocket(family))
                try mobile.send([1], to: try rig.serverAddress(family), port: 7)
                #expect(server.receive(within: .milliseconds(11)) == [1], "round \(round), \(family)")
                try server.send([2], to: try rig.mobileAddress(0, family), port: 7)
                #expect(mobile.receive(within: .milliseconds(11)) == [2], "round \(round), \(family)")
            }
        }
        #expect(try rig.lab.linkRecords().allSatisfy { $0.queueDisciplineDrops == 0 })
    }
}
