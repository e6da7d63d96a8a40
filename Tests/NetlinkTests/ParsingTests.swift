// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Determinism
import Documents
import Testing

@testable import Netlink

/// Parsing needs no kernel: these tests make its bytes and text by hand.
@Suite struct ParsingTests {
    /// An error message's payload: the error, the request's header, the rest of the request unless `capped`, and a
    /// text.
    private func refusal(error: Int32, text: String?, capped: Bool = true, requestBytes: Int = 0) -> Refusal {
        var bytes: [UInt8] = []
        func add(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value) { bytes += $0 } }
        add(-error)
        add(UInt32(16 + requestBytes))
        bytes += [UInt8](repeating: 0, count: 12)
        if !capped { bytes += [UInt8](repeating: 0xee, count: (requestBytes + 3) & ~3) }
        if let text {
            add(UInt16(4 + text.utf8.count + 1))
            add(UInt16(NLMSGERR_ATTR_MSG.rawValue))
            bytes += Array(text.utf8) + [0]
        }
        let flags = (capped ? NLM_F_CAPPED : 0) | (text == nil ? 0 : NLM_F_ACK_TLVS)
        let request = Request("dig a tunnel", type: 0, header: UInt32(0), feature: .fq)
        return bytes.withUnsafeBytes { Refusal($0, flags: UInt16(flags), request: request) }
    }

    @Test func `A refusal carries operation, error and the kernel's own words`() {
        let fault = refusal(error: EINVAL, text: "Too deep").fault
        #expect(fault == Fault(.failed, "cannot dig a tunnel: Too deep (Invalid argument)"))
    }

    @Test func `The kernel's words are found behind a request that is repeated whole`() {
        #expect(refusal(error: EINVAL, text: "Too deep", capped: false, requestBytes: 21).text == "Too deep")
    }

    @Test func `A refusal without words has the error's`() {
        #expect(refusal(error: EEXIST, text: nil).fault.message == "cannot dig a tunnel: File exists")
    }

    @Test func `A refusal cut short is no trap`() {
        let request = Request("dig", type: 0, header: UInt32(0))
        let bytes = [UInt8](repeating: 0xff, count: 6)
        let refusal = bytes.withUnsafeBytes { Refusal($0, flags: UInt16(NLM_F_ACK_TLVS), request: request) }
        #expect(refusal.text == nil)
    }

    @Test(arguments: [(EPERM, ExitCode.permission), (ENOENT, .missingFeature), (EOPNOTSUPP, .missingFeature)])
    func `What is missing or forbidden ends with its own exit code`(error: Int32, code: ExitCode) {
        #expect(refusal(error: error, text: nil).fault.code == code)
    }

    @Test(arguments: KernelFeature.allCases)
    func `A missing feature names its option and the embedded kernel`(feature: KernelFeature) {
        #expect(feature.missing.code == .missingFeature)
        #expect(feature.missing.message.contains("CONFIG_"))
        #expect(feature.missing.message.contains("make kernel"))
    }

    @Test func `Attributes end where the next is malformed`() {
        let attributes = Attributes([5, 0, 1, 0, 42, 0, 0, 0, 200, 0, 2, 0])
        #expect(attributes[1] == [42])
        #expect(attributes[2] == nil)
        #expect(attributes.value(1, as: UInt32.self) == nil)
    }

    @Test func `A request that outgrows its message says so instead of leaving attributes out`() {
        let request = Request("write a novel", type: 0, header: UInt32(0)) {
            for _ in 0..<200 { $0.put(1, UInt64(0)) }
        }
        #expect(!request.isComplete)
    }

    @Test func `Counters are read by name, columns in any order`() {
        let text = """
            TcpExt: SyncookiesSent TCPTimeouts
            TcpExt: 0 17
            MPTcpExt: MPJoinSynTx
            MPTcpExt: 2
            Tcp: MaxConn RetransSegs
            Tcp: -1 9

            """
        #expect(
            ProtocolCounters.parsePairs(text) == [
                "TcpExt.SyncookiesSent": 0, "TcpExt.TCPTimeouts": 17, "MPTcpExt.MPJoinSynTx": 2, "Tcp.MaxConn": -1,
                "Tcp.RetransSegs": 9,
            ])
    }

    @Test func `IPv6 counters are split behind the protocol`() {
        let text = "Ip6InReceives    \t12\nIcmp6OutDestUnreachs 3\nnonsense\n"
        #expect(ProtocolCounters.parseSix(text) == ["Ip6.InReceives": 12, "Icmp6.OutDestUnreachs": 3])
    }

    @Test(arguments: [
        ("10.1.0.2", 24, "10.1.0.0"), ("10.255.255.255", 9, "10.128.0.0"), ("fd00:1::2", 64, "fd00:1::"),
        ("fd00:1::2", 128, "fd00:1::2"), ("1.2.3.4", 0, "0.0.0.0"),
    ])
    func `An address is masked to its network`(text: String, length: UInt8, network: String) throws {
        #expect(try #require(IPAddress(text)).masked(to: length).description == network)
    }

    @Test(arguments: ["", "10.1.0", "10.1.0.256", "fd00::1::2", "wifi"])
    func `What is no address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("tx-tcp-segmentation", true), ("tx-generic-segmentation", true), ("tx-udp-segmentation", true),
        ("rx-gro", true), ("rx-gro-list", true), ("tx-checksum-ip-generic", false), ("rx-checksum", false),
        ("tx-scatter-gather", false), ("highdma", false),
    ])
    func `Offloads that join packets are known by name`(feature: String, joins: Bool) {
        #expect(Offloads.joinsPackets(feature) == joins)
    }
}
