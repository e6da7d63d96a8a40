// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import KernelTier
import Plans
import Quantities
import Testing

@testable import Lab
@testable import Netlink

/// What the kernel shows about an interface.
private struct Shown: Equatable {
    var isUp = false
    var hasCarrier = false
    var addresses: Set<String> = []

    init(_ interface: String, in namespace: Namespace) throws {
        var first: UnsafeMutablePointer<ifaddrs>?
        try #require(try namespace.run { getifaddrs(&first) } == 0)
        defer { freeifaddrs(first) }
        for entry in sequence(first: first, next: { $0?.pointee.ifa_next }).compactMap({ $0?.pointee })
        where String(cString: entry.ifa_name) == interface {
            isUp = entry.ifa_flags & UInt32(IFF_UP) != 0
            hasCarrier = entry.ifa_flags & UInt32(IFF_RUNNING) != 0
            guard let address = entry.ifa_addr, [AF_INET, AF_INET6].contains(Int32(address.pointee.sa_family)) else {
                continue
            }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = address.pointee.sa_family == sa_family_t(AF_INET) ? 16 : 28
            getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            addresses.insert(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }
}

@Suite struct `An outage` {
    /// What is left of link, carrier, addresses and endpoints on the mobile host.
    struct Expectation: Sendable {
        let mode: Mobility.Mode
        let isUp: Bool
        let hasCarrier: Bool
        let addresses: Set<String>
        let hasEndpoint: Bool
    }

    static let expectations: [Expectation] = [
        .init(mode: .informed, isUp: false, hasCarrier: false, addresses: [], hasEndpoint: false),
        // The kernel itself removes IPv6 addresses from an interface that goes down.
        .init(mode: .linkDown, isUp: false, hasCarrier: false, addresses: ["10.1.0.2"], hasEndpoint: true),
        .init(
            mode: .carrier, isUp: true, hasCarrier: false, addresses: ["10.1.0.2", "fd00:1::2"], hasEndpoint: true),
        .init(mode: .addressLoss, isUp: true, hasCarrier: true, addresses: [], hasEndpoint: true),
        .init(
            mode: .blackhole, isUp: true, hasCarrier: true, addresses: ["10.1.0.2", "fd00:1::2"], hasEndpoint: true),
    ]

    /// Sends both ways over path 1 with each family, whether or not there is an address; returns how many packets
    /// arrive.
    private func exchange(_ rig: LabRig, _ mobiles: [TestSocket], _ servers: [TestSocket], _ byte: UInt8) throws -> Int
    {
        for (index, family) in IPAddress.Family.allCases.enumerated() {
            // Sent at once. It fails if there is no address or no link.
            try? mobiles[index].send([byte], to: try rig.serverAddress(family), port: 7)
        }
        // A worker of the kernel notices the access network's carrier; give it time to run.
        usleep(1000)
        for (index, family) in IPAddress.Family.allCases.enumerated() {
            try servers[index].send([byte], to: try rig.mobileAddress(0, family), port: 7)
        }
        // 10 ms on each link; a packet that waited for a neighbour or a carrier would come later.
        usleep(11_000)
        return (mobiles + servers).count { $0.receive(within: .zero) == [byte] }
    }

    @Test(.kernelTier, arguments: expectations)
    func `takes away what its mode says, and all of it returns`(expected: Expectation) throws {
        let rig = try LabRig([.both, .both], endpoints: true) { $0.mobility.mode = expected.mode }
        rig.start()
        let lab = rig.lab
        let manager = try #require(lab.pathManager)
        let mobiles = try IPAddress.Family.allCases.map { try rig.mobileSocket(0, $0) }
        let servers = try IPAddress.Family.allCases.map { try rig.serverSocket($0) }
        let (before, endpoints) = (try Shown("path1", in: lab.mobile), try manager.endpoints())
        #expect(try exchange(rig, mobiles, servers, 1) == 4)
        for round in 0..<4 {
            try lab.detachRadio(0)
            try lab.leave(0)
            // From a short pause to one longer than the kernel's pause between two checks of its carriers.
            usleep([1000, 300_000, 999_000, 2_500_000][round])
            let shown = try Shown("path1", in: lab.mobile)
            #expect(shown.isUp == expected.isUp)
            #expect(shown.hasCarrier == expected.hasCarrier)
            #expect(shown.addresses == expected.addresses)
            #expect(try manager.endpoints().contains(endpoints[0]) == expected.hasEndpoint)
            #expect(try exchange(rig, mobiles, servers, 2) == 0)
            try lab.attachRadio(0)
            try lab.join(0)
            #expect(try exchange(rig, mobiles, servers, 3) == 4, "round \(round)")
            #expect(try Shown("path1", in: lab.mobile) == before)
            #expect(try Set(manager.endpoints()) == Set(endpoints))
        }
        #expect(try rig.receivedControlMessages() == 0)
        #expect(try rig.routersControlMessages() == 0)
        let records = try lab.linkRecords()
        // The other path carried none of it, and nothing went in circles between core and access.
        #expect(records[2].packets == 0 && records[3].packets == 0)
        #expect(records[1].packets <= 2 * 9)
        #expect(records.allSatisfy { $0.queueDisciplineDrops == 0 })
    }

    @Test(.kernelTier) func `of the carrier drops what comes for the mobile host at the access network`() throws {
        let rig = try LabRig([.both]) { $0.mobility.mode = .carrier }
        rig.start()
        try rig.lab.detachRadio(0)
        try rig.lab.leave(0)
        for family in IPAddress.Family.allCases {
            try rig.serverSocket(family).send([1], to: try rig.mobileAddress(0, family), port: 7)
        }
        usleep(50_000)
        // A packet that went back to the core would have used the uplink.
        #expect(try rig.lab.linkRecords().map(\.packets) == [0, 0])
        let access = try rig.lab.access(0).run { try ProtocolCounters.read() }
        #expect((access["Ip.ForwDatagrams"] ?? 0) == 0)
        #expect((access["Ip6.OutForwDatagrams"] ?? 0) == 0)
    }

    @Test(.kernelTier, arguments: Mobility.Mode.allCases)
    func `from the beginning leaves nothing configured, whatever the mode`(mode: Mobility.Mode) throws {
        let rig = try LabRig([.ipv4, .ipv4], endpoints: true) { $0.mobility.mode = mode }
        let manager = try #require(rig.lab.pathManager)
        try rig.lab.detachRadio(0)
        try rig.lab.leave(0, as: .informed)
        #expect(try Shown("path1", in: rig.lab.mobile).addresses == [])
        #expect(try manager.endpoints().count == 1)
        try rig.lab.attachRadio(0)
        try rig.lab.join(0)
        #expect(try Shown("path1", in: rig.lab.mobile).addresses == ["10.1.0.2"])
        #expect(try manager.endpoints().count == 2)
    }
}

@Suite struct `A change of address` {
    private func rig(_ mode: Mobility.Mode = .informed) throws -> LabRig {
        try LabRig([.both, .both], endpoints: true) {
            $0.mobility.mode = mode
            $0.paths[0].addressChanges = (1...7).map { .seconds($0) }
        }
    }

    private func expectTraffic(_ rig: LabRig) throws {
        for family in IPAddress.Family.allCases {
            let (mobile, server) = (try rig.mobileSocket(0, family), try rig.serverSocket(family))
            try mobile.send([1], to: try rig.serverAddress(family), port: 7)
            usleep(1000)
            try server.send([2], to: try rig.mobileAddress(0, family), port: 7)
            usleep(11_000)
            #expect(server.receive(within: .zero) == [1], "\(family)")
            #expect(mobile.receive(within: .zero) == [2], "\(family)")
        }
    }

    @Test(.kernelTier) func `gives the path another address, rules, routes and endpoint with it, up to the last`()
        throws
    {
        let rig = try rig()
        rig.start()
        let (lab, manager) = (rig.lab, try #require(rig.lab.pathManager))
        var ids: Set<UInt8> = []
        for number in 2...9 {
            if number > 2 { try lab.renumber(0) }
            #expect(lab.mobileAddress(of: 0) == "10.1.0.\(number)")
            #expect(lab.pathName(ofAddress: "fd00:1::\(number)") == "path1")
            #expect(
                try Shown("path1", in: lab.mobile).addresses == ["10.1.0.\(number)", "fd00:1::\(number)"])
            let endpoint = try #require(try manager.endpoints().first { $0.address.description == "10.1.0.\(number)" })
            #expect(ids.insert(endpoint.id).inserted)
            #expect(lab.pathName(ofEndpoint: endpoint.id) == "path1")
            #expect(try manager.endpoints().count == 2)
            try expectTraffic(rig)
        }
        #expect(throws: Fault.self) { try lab.renumber(0) }
        #expect(try rig.receivedControlMessages() == 0)
        #expect(try rig.routersControlMessages() == 0)
        let records = try lab.linkRecords()
        #expect(records[2].packets == 0 && records[3].packets == 0, "packets left by the other path")
    }

    @Test(.kernelTier, arguments: Mobility.Mode.allCases)
    func `during an outage is there when the path returns`(mode: Mobility.Mode) throws {
        let rig = try rig(mode)
        rig.start()
        let (lab, manager) = (rig.lab, try #require(rig.lab.pathManager))
        try lab.detachRadio(0)
        try lab.leave(0)
        usleep(1000)
        try lab.renumber(0)
        try lab.renumber(0)
        try lab.attachRadio(0)
        try lab.join(0)
        #expect(lab.mobileAddress(of: 0) == "10.1.0.4")
        #expect(try Shown("path1", in: lab.mobile).addresses == ["10.1.0.4", "fd00:1::4"])
        // A host that is not informed keeps the endpoint that it had.
        #expect(
            try manager.endpoints().contains { $0.address.description == "10.1.0.4" } == (mode == .informed))
        try expectTraffic(rig)
    }
}
