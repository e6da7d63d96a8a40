// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelTier
import Plans
import Quantities
import Testing

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

    @Test(.kernelTier, arguments: Mobility.Mode.allCases)
    func `A path that fades is a backup until it has gone and come back`(mode: Mobility.Mode) throws {
        let rig = try LabRig([.ipv4, .ipv6], endpoints: true) { $0.mobility.mode = mode }
        let manager = try #require(rig.lab.pathManager)
        let before = try manager.endpoints()
        for path in [0, 1] {
            try rig.lab.fade(path)
            let endpoint = try #require(try manager.endpoints().first { $0.id == before[path].id })
            #expect(endpoint.flags == before[path].flags.union(.backup))
            try rig.lab.leave(path)
            try rig.lab.fade(path)
            try rig.lab.join(path)
            #expect(try Set(manager.endpoints()) == Set(before))
        }
    }

    @Test(.kernelTier) func `An address whose path was handed over in time is withdrawn when it can be replaced`()
        throws
    {
        let rig = try LabRig([.ipv4, .ipv4], endpoints: true) { $0.paths[0].addressChanges = [.seconds(1)] }
        let manager = try #require(rig.lab.pathManager)
        let before = try manager.endpoints()
        // With another path there, the address is not withdrawn and remains a backup for the peer.
        try rig.lab.fade(0)
        try rig.lab.leave(0)
        #expect(try manager.endpoints().map(\.id) == before.map(\.id))
        // Without another path, the address is withdrawn: what the peer sends from now on must wait for another
        // address.
        try rig.lab.fade(1)
        try rig.lab.leave(1)
        #expect(try manager.endpoints() == [before[0]].map { with($0, .backup) })
        // By now the network has another address for the path.
        try rig.lab.renumber(0)
        #expect(try manager.endpoints() == [])
        try rig.lab.join(0)
        try rig.lab.join(1)
        #expect(try Set(manager.endpoints().map { "\($0.address)" }) == ["10.1.0.3", "10.2.0.2"])
        // An address that the strategy gives up meanwhile is not kept.
        try rig.lab.fade(1)
        try rig.lab.leave(1)
        try rig.lab.use(1, as: .none)
        #expect(try manager.endpoints().map { "\($0.address)" } == ["10.1.0.3"])
        try rig.lab.join(1)
        try rig.lab.use(1, as: .full)
        #expect(try manager.endpoints().contains(before[1]))
    }

    private func with(_ endpoint: PathManager.Endpoint, _ flag: PathManager.Endpoint.Flags) -> PathManager.Endpoint {
        PathManager.Endpoint(
            id: endpoint.id, address: endpoint.address, interface: endpoint.interface, flags: endpoint.flags.union(flag)
        )
    }

    @Test(.kernelTier) func `Without MPTCP there are no endpoints`() throws {
        let rig = try LabRig([.ipv4])
        #expect(try rig.lab.mobile.run { try PathManager().endpoints() } == [])
    }

    /// The families of the paths, the path that is first, the addresses of the mobile host's endpoints, with a star if
    /// they need `fullmesh`, and the addresses that the server announces.
    static let mixes: [(families: [RunPlan.AddressFamily], initial: Int, endpoints: [String], announced: [String])] = [
        ([.both, .both], 0, ["10.1.0.2", "10.2.0.2"], []),
        ([.both, .ipv6], 0, ["fd00:1::2", "fd00:2::2"], []),
        ([.ipv4, .ipv6], 0, ["10.1.0.2", "fd00:2::2*"], ["fd00:255::2", "10.255.0.2"]),
        ([.ipv4, .ipv6], 1, ["10.1.0.2*", "fd00:2::2"], ["10.255.0.2", "fd00:255::2"]),
        (
            [.both, .ipv4, .ipv6], 2, ["fd00:1::2", "10.2.0.2*", "fd00:3::2"], ["10.255.0.2", "fd00:255::2"]
        ),
    ]

    @Test(.kernelTier, arguments: mixes)
    func `Each path has one endpoint, of the first connection's family where it can`(
        mix: (families: [RunPlan.AddressFamily], initial: Int, endpoints: [String], announced: [String])
    ) throws {
        let lab = try LabRig(mix.families, endpoints: true) {
            $0.transport.initialPath = "path\(mix.initial + 1)"
        }.lab
        let endpoints = try #require(lab.pathManager).endpoints()
        #expect(
            endpoints.map { "\($0.address)\($0.flags.contains(.fullmesh) ? "*" : "")" } == mix.endpoints)
        #expect(endpoints.allSatisfy { $0.flags.contains(.subflow) })
        #expect(endpoints.map(\.address.description) == mix.families.indices.map { lab.mobileAddress(of: $0) })
        let announced = try lab.server.run { try PathManager().endpoints() }
        #expect(announced.map(\.address.description) == mix.announced)
        #expect(announced.allSatisfy { $0.flags == .signal })
    }

    @Test(.kernelTier) func `A full queue is lost with its radio, counted, and delays nothing afterwards`() throws {
        // A queue of 100 kB takes 0.8 s at 1 Mb/s.
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
            // From no pause at all to one longer than the kernel's pause between two checks of its carriers.
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
