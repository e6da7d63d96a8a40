// SPDX-License-Identifier: Apache-2.0
import Documents
import KernelTier
import Plans
import Quantities
import Testing

@testable import Lab
@testable import Netlink

@Suite(.kernelTier) struct `A home address` {
    private func rig(_ families: [RunPlan.AddressFamily]) throws -> LabRig {
        let rig = try LabRig(families) { $0.connections = [.homeTCP] }
        rig.start()
        return rig
    }

    private func packets(_ rig: LabRig) throws -> [[Int64]] {
        try rig.lab.linkRecords().reduce(into: rig.plan.paths.map { _ in [Int64]() }) { sums, link in
            let path = try #require(rig.plan.paths.firstIndex { $0.name == link.path })
            sums[path].append(link.packets)
        }
    }

    @Test(arguments: [RunPlan.AddressFamily.ipv4, .ipv6, .both]) func `is reached over the path that each end says`(
        family: RunPlan.AddressFamily
    ) throws {
        let rig = try rig([family, family])
        let home = try #require(rig.lab.homeAddress)
        let mobile = try rig.lab.mobile.run { try TestSocket(.datagram, on: home, port: 9) }
        let serverAddress = rig.lab.serverAddressForHome
        let server = try rig.lab.server.run { try TestSocket(.datagram, on: serverAddress, port: 9) }
        // The packets that each path should have carried by then, down and up.
        var expected: [[Int64]] = [[0, 0], [0, 0]]
        for (down, up) in [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)] {
            try rig.lab.moveHome(.home, to: down)
            try rig.lab.moveHome(.mobile, to: up)
            try mobile.send([1], to: serverAddress, port: 9)
            #expect(server.receive(within: .milliseconds(11)) == [1], "up over \(up)")
            try server.send([2], to: home, port: 9)
            #expect(mobile.receive(within: .milliseconds(11)) == [2], "down over \(down)")
            expected[down][0] += 1
            expected[up][1] += 1
            #expect(try packets(rig) == expected)
        }
    }

    @Test func `that is reached nowhere swallows packets in silence`() throws {
        let rig = try rig([.ipv4, .ipv4])
        let home = try #require(rig.lab.homeAddress)
        let mobile = try rig.lab.mobile.run { try TestSocket(.datagram, on: home, port: 9) }
        let serverAddress = rig.lab.serverAddressForHome
        let server = try rig.lab.server.run { try TestSocket(.datagram, on: serverAddress, port: 9) }
        for round in 0..<2 {
            try server.send([1], to: home, port: 9)
            #expect(mobile.receive(within: .seconds(1)) == nil, "round \(round)")
            #expect(throws: (any Error).self) { try mobile.send([1], to: serverAddress, port: 9) }
            #expect(try rig.receivedControlMessages() == 0)
            #expect(try rig.routersControlMessages() == 0)
            // The same holds after the home address was on a path.
            for end in [RouteChange.End.home, .mobile] {
                try rig.lab.moveHome(end, to: 1)
                try rig.lab.moveHome(end, to: nil)
                try rig.lab.moveHome(end, to: nil)
            }
        }
        #expect(try packets(rig) == [[0, 0], [0, 0]])
    }

    @Test func `needs an address family that every path has`() {
        let fault = #expect(throws: Fault.self) {
            try LabRig([.ipv4, .ipv6]) { $0.connections = [.homeTCP] }
        }
        #expect(fault?.code == .badInput)
    }

    @Test func `is there for the strategies that need one only`() throws {
        let rig = try LabRig([.ipv4])
        let home = try #require(rig.lab.homeAddress)
        #expect(throws: (any Error).self) {
            try rig.lab.mobile.run { try TestSocket(.datagram, on: home, port: 9) }
        }
    }
}

@Suite(.kernelTier) struct `The use of a path` {
    @Test func `adds, removes and demotes its endpoint, at once or from its return on`() throws {
        let rig = try LabRig([.ipv4, .ipv4], endpoints: true)
        let manager = try #require(rig.lab.pathManager)
        func flags() throws -> [PathManager.Endpoint.Flags?] {
            let endpoints = try manager.endpoints()
            return rig.plan.paths.indices.map { path in
                endpoints.first { $0.address.description == rig.lab.mobileAddress(of: path) }?.flags
            }
        }
        #expect(try flags() == [.subflow, .subflow])
        try rig.lab.use(1, as: .backup)
        #expect(try flags() == [.subflow, [.subflow, .backup]])
        try rig.lab.use(0, as: .none)
        try rig.lab.use(1, as: .full)
        #expect(try flags() == [nil, .subflow])
        try rig.lab.leave(1)
        try rig.lab.use(1, as: .backup)
        try rig.lab.use(0, as: .full)
        #expect(try flags() == [.subflow, nil])
        try rig.lab.join(1)
        #expect(try flags() == [.subflow, [.subflow, .backup]])
        try rig.lab.use(1, as: .none)
        try rig.lab.leave(1)
        try rig.lab.join(1)
        #expect(try flags() == [.subflow, nil])
    }
}
