// SPDX-License-Identifier: Apache-2.0
import Pcap
import Testing

@testable import Scrubbing

@Suite struct `A scrubbed event log` {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func scrubbed(_ text: String, key: String = Scrubbed.key) throws -> String {
        var pseudonyms = Pseudonyms(key: key)
        return try CaptureScrub.scrubEvents(scratch.write("walk.events.jsonl", Array(text.utf8)), &pseudonyms)
    }

    @Test func `has the capture's pseudonyms, and what derivation needs`() throws {
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let hidden = pseudonyms.interface("enx001122334455")
        let local = pseudonyms.pseudonym(of: InternetAddress(v4: 0xa9fe_0102))
        #expect("\(local)".hasPrefix("169.254."))
        let text = try scrubbed(
            """
            {"carrier":true,"index":3,"interface":"wlan0","kind":"link","mtu":1500,"time_ns":1,"up":true}
            {"address":"93.184.216.34/24","interface":"wlan0","kind":"address","there":true,"time_ns":2}
            {"address":"169.254.1.2/16","interface":"enx001122334455","kind":"address","there":false,"time_ns":3}
            {"destination":null,"family":"ipv6","gateway":"2001:DB8::1","kind":"default-route","metric":100,"time_ns":4}
            {"bssid":"00:11:22:33:44:55","interface":"wlan0","kind":"association","time_ns":5}
            {"interface":"wlan0","kind":"signal","sending_mbps":86.7,"signal_dbm":-61,"time_ns":6}
            {"interface":"wwan0","kind":"modem","rsrp_dbm":-101.5,"technology":"lte+5gnr","time_ns":7}
            {"kind":"live","state":"ended","status":143,"time_ns":8}
            {"interface":"wlan0","kind":"link-gone","time_ns":9}
            {"kind":"battery","percent":80,"status":"Discharging","time_ns":10}
            """)
        let station = Quarry.hexadecimal(Sample.stationPseudonym, separator: ":")
        #expect(
            text == """
                { "carrier": true, "index": 3, "interface": "wlan0", "kind": "link", "mtu": 1500, "time_ns": 1, \
                "up": true }
                { "address": "94.252.32.192/24", "interface": "wlan0", "kind": "address", "there": true, "time_ns": 2 }
                { "address": "\(local)/16", "interface": "\(hidden)", "kind": "address", "there": false, "time_ns": 3 }
                { "family": "ipv6", "gateway": "20c9:9c2f:27b9:6920:730f:aa74:3b03:31e6", "kind": "default-route", \
                "metric": 100, "time_ns": 4 }
                { "bssid": "\(station)", "interface": "wlan0", "kind": "association", "time_ns": 5 }
                { "interface": "wlan0", "kind": "signal", "sending_mbps": 86.7, "signal_dbm": -61, "time_ns": 6 }
                { "interface": "wwan0", "kind": "modem", "rsrp_dbm": -101.5, "technology": "lte+5gnr", "time_ns": 7 }
                { "kind": "live", "state": "ended", "status": 143, "time_ns": 8 }
                { "interface": "wlan0", "kind": "link-gone", "time_ns": 9 }
                { "kind": "battery", "percent": 80, "status": "Discharging", "time_ns": 10 }

                """)
    }

    /// Each line has an address, a place or a name; what is left of it is given, if anything is.
    @Test(arguments: [
        (#"{"kind":"position","latitude_deg":"48.1173","longitude_deg":"11.5167","time_ns":1}"#, ""),
        (#"{"kind":"cell","cell_id":26201,"time_ns":1}"#, ""),
        (#"{"address":"93.184.216.34","kind":"address"}"#, ""),
        ("93.184.216.34", ""),
        (
            #"{"address":"93.184.216.34/24 of mine","kind":"address","time_ns":1}"#,
            #"{ "kind": "address", "time_ns": 1 }"#
        ),
        (#"{"address":"fe80::1%wlan0","kind":"address","time_ns":1}"#, #"{ "kind": "address", "time_ns": 1 }"#),
        (
            #"{"bssid":"00-11-22-33-44-55","kind":"association","time_ns":1}"#,
            #"{ "kind": "association", "time_ns": 1 }"#
        ),
        (#"{"ssid":"93.184.216.34","kind":"association","time_ns":1}"#, #"{ "kind": "association", "time_ns": 1 }"#),
        (
            #"{"kind":"modem","modem":"/org/93.184.216.34","operator":"26201","technology":"of mine","time_ns":1}"#,
            #"{ "kind": "modem", "time_ns": 1 }"#
        ),
        (#"{"kind":"probe","state":"at 93.184.216.34","time_ns":1}"#, #"{ "kind": "probe", "time_ns": 1 }"#),
        (#"{"kind":"battery","name":"hid-00:11:22:33:44:55","time_ns":1}"#, #"{ "kind": "battery", "time_ns": 1 }"#),
        (#"{"kind":"signal","signal_dbm":1572395042,"time_ns":1}"#, #"{ "kind": "signal", "time_ns": 1 }"#),
        (
            #"{"index":1572395042,"kind":"link","metric":1,"mtu":1572395042,"time_ns":1}"#,
            #"{ "kind": "link", "time_ns": 1 }"#
        ),
        (#"{"kind":"live","state":["started"],"status":1572395042,"time_ns":1}"#, #"{ "kind": "live", "time_ns": 1 }"#),
    ])
    func `has nothing that is not known`(line: String, left: String) throws {
        #expect(try scrubbed(line) == (left.isEmpty ? "" : left + "\n"))
    }

    @Test(arguments: [
        #"{"kind":"link","time_ns":1,"up":"yes"}"#, #"{"kind":"address","address":5,"time_ns":1}"#,
        #"{"kind":"signal","signal_dbm":"-61","time_ns":1}"#, #"{"kind":"link","interface":3,"time_ns":1}"#,
        #"{"kind":"link","time_ns":17"#,
    ])
    func `has no line that derivation could not read`(line: String) throws {
        #expect(try scrubbed(line).isEmpty)
    }
}
