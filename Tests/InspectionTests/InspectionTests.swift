// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import Quantities
import SystemPackage
import Testing

@testable import Inspection

@Suite struct InspectionTests {
    /// A file that is removed with this value.
    final class Scratch {
        let path: String

        private let directory: String

        init(_ name: String, _ text: String?) throws {
            // One directory for each case, because cases run at the same time.
            var template = Array("/tmp/walkback-test-XXXXXX".utf8CString)
            directory = String(cString: try #require(mkdtemp(&template)))
            path = "\(directory)/\(name)"
            guard let text else { return }
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            _ = try file.closeAfter { try file.writeAll(text.utf8) }
        }

        deinit {
            unlink(path)
            rmdir(directory)
        }
    }

    static func capture(_ scratch: Scratch) throws {
        var writer = try PcapngWriter(to: CaptureFile(creating: FilePath(scratch.path)))
        let number = try writer.addInterface(CaptureInterface(name: "wlan0", linkType: .raw))
        // UDP packets of 1000 bytes, of which only the headers were kept: one every 10 ms for two seconds, and 1 in 10
        // outbound.
        let packet: [UInt8] =
            [0x45, 0, 3, 0xe8, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 9, 0, 9, 3, 0xd4, 0, 0]
        for index in 0..<200 {
            let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(index) * 10_000_000)
            try packet.withUnsafeBytes {
                try writer.write(
                    $0, originalLength: ByteCount(1000), time: time, interface: number,
                    direction: index % 10 == 0 ? .outbound : .inbound)
            }
        }
        try writer.write(
            InterfaceStatistics(received: 200, droppedByInterface: 2, droppedBySystem: 5), of: number,
            time: Timestamp(nanoseconds: 1_700_000_002_000_000_000))
        try writer.flush()
    }

    @Test func `A capture is a table, a plot for each direction, and a document`() throws {
        let scratch = try Scratch("capture", nil)
        try Self.capture(scratch)
        let inspection = try Inspection.of(scratch.path)
        let plotIn = String(repeating: "█", count: 20)
        #expect(
            inspection.text == """
                \(scratch.path): pcapng, 200 packets, from 2023-11-14 22:13:20 UTC

                interface  link  packets  wire MB  IP MB    TCP      UDP  first s  last s  mean Mb/s  max Mb/s  drops
                wlan0      raw       200    0.200  0.200  0.0 %  100.0 %    0.000   1.990       0.80      0.80      7

                wlan0, in, Mb/s
                0.72 │\(plotIn)
                     │\(plotIn)
                     │\(plotIn)
                     │\(plotIn)
                   0 │\(plotIn)
                     └────────────────────
                      0                2 s

                wlan0, out, Mb/s
                0.08 │\(plotIn)
                     │\(plotIn)
                     │\(plotIn)
                     │\(plotIn)
                   0 │\(plotIn)
                     └────────────────────
                      0                2 s

                """)
        guard case .object(let members) = inspection.document, case .array(let interfaces)? = members["interfaces"],
            case .object(let interface)? = interfaces.first
        else {
            Issue.record("no interface in \(inspection.document.text)")
            return
        }
        #expect(members["schema"] == .string("walkback.inspection/1"))
        #expect(members["kind"] == .string("capture"))
        #expect(interface["name"] == .string("wlan0"))
        #expect(interface["link_type"] == .string("raw"))
        #expect(interface["packets"] == .integer(200))
        #expect(interface["wire_bytes"] == .integer(200_000))
        #expect(interface["first_ns"] == .integer(1_700_000_000_000_000_000))
        #expect(interface["last_ns"] == .integer(1_700_000_001_990_000_000))
        #expect(interface["drops"] == .integer(7))
    }

    @Test func `A trace has a row for each direction`() throws {
        let scratch = try Scratch(
            "trace",
            """
            # walkback trace 1
            # path: wifi   kind: wifi   duration_s: 10   curve: linear
            # source: by hand
            time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
            0,12,4,10,10,0,0,1,
            5,0,4,10,10,0,0,1,
            7,9,3,10,10,0,0,0,

            """)
        let inspection = try Inspection.of(scratch.path)
        #expect(inspection.text.hasPrefix("trace of path 'wifi' (wifi), detached 3.0 s; source: by hand\n"))
        #expect(inspection.text.contains("wifi  down          10.0       6.00     12.00       5.0\n"))
        #expect(inspection.text.contains("wifi  up            10.0       2.80      4.00       3.0\n"))
    }

    @Test func `Delivery opportunities are known by their digits`() throws {
        let scratch = try Scratch("opportunities", (1...1000).map { "\($0)\n" }.joined())
        let text = try Inspection.of(scratch.path).text
        #expect(text.contains("1000 delivery opportunities"))
        // One packet of 1500 IP bytes per millisecond; the packet of the last millisecond begins the file again.
        #expect(text.contains("one way        1.0      11.99     11.99"), "\(text)")
    }

    @Test func `A file of any other trace format is known by its content`() throws {
        let scratch = try Scratch("seconds", "1,1448000\n2,0\n3,724000\n4,0\n")
        let inspection = try Inspection.of(scratch.path)
        #expect(inspection.text.hasPrefix("\(scratch.path): 4 rates of IP-layer capacity\n"))
        #expect(inspection.text.contains("one way        4.0       4.50     12.00       2.0"), "\(inspection.text)")
        guard case .object(let members) = inspection.document else {
            Issue.record("no object")
            return
        }
        #expect(members["kind"] == .string("rates"))
    }

    @Test func `A file of no kind is refused with the names of the formats`() throws {
        let scratch = try Scratch("foreign", "hello")
        let fault = try #require(throws: Fault.self) { try Inspection.of(scratch.path) }
        #expect(fault.message.contains("not begin like any of the trace formats walkback, per-second, mahimahi"))
    }

    @Test func `A comparison is a table of its strategies and ratios`() throws {
        let scratch = try Scratch(
            "comparison",
            """
            {"schema": "walkback.comparison/1", "headline": "MPTCP moved more.",
             "replay": {"name": "indoor", "duration_s": 60, "sha256": "x"},
             "runs": [{"strategy": "mptcp", "direction": "down", "goodput_mbps": 8, "longest_gap_s": 0.5},
                      {"strategy": "mptcp", "direction": "down", "goodput_mbps": 10, "longest_gap_s": null},
                      {"strategy": "tcp-wifi", "direction": "down", "goodput_mbps": 4.5, "longest_gap_s": 7}],
             "ratios": [{"name": "mptcp/optimal", "seed": "all", "value": 1.25, "low": 1.1, "high": 1.4},
                        {"name": "mptcp/optimal", "seed": 3, "value": 1.2, "low": null, "high": null}]}
            """)
        let text = try Inspection.of(scratch.path).text
        #expect(text.contains("comparison on 'indoor', 60 s\nMPTCP moved more.\n"))
        #expect(
            text.contains(
                "mptcp     down          2      9.000           0.50  ████████████████████████████████████████\n"))
        #expect(text.contains("tcp-wifi  down          1      4.500           7.00  ████████████████████\n"))
        #expect(text.contains("mptcp/optimal  1.250  1.100  1.400\n"))
    }

    @Test(arguments: [
        ("", "is empty"), ("%PDF-1.4", "is a PDF document"),
        ("{\"schema\": 3}", "is JSON, but not a result of the schema 'walkback.comparison/2'"),
        ("hello", "is neither a capture (pcap or pcapng"), ("1\n2\nx\n", "is neither a capture (pcap or pcapng"),
    ])
    func `What is none of these is refused, and named where it is known`(text: String, message: String) throws {
        let scratch = try Scratch("foreign", text)
        let fault = try #require(throws: Fault.self) { try Inspection.of(scratch.path) }
        #expect(fault.code == .badInput)
        #expect(fault.message.contains(message), "\(fault)")
    }

    @Test func `Every step of the calendar is right`() {
        // Leap days, the end of a century without one, and a time before 1970.
        let dates: [(Int64, String)] = [
            (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
            (4_107_542_399, "2100-02-28 23:59:59 UTC"), (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (1_735_689_599, "2024-12-31 23:59:59 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
        ]
        for (seconds, text) in dates {
            #expect(Timestamp(nanoseconds: seconds * 1_000_000_000).description == text)
        }
    }
}
