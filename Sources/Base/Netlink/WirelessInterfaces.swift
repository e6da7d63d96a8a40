// SPDX-License-Identifier: Apache-2.0
import CGenericNetlink
import CNetlink
import Glibc
import Quantities

/// What the kernel knows of WiFi interfaces (nl80211): the access point that each is associated with, and its signal.
package final class WirelessInterfaces {
    package struct Association: Hashable, Sendable {
        /// The BSSID as people write it, `02:00:00:00:01:00`.
        package let bssid: String
        /// Received signal strength in dBm.
        package let signal: Int?
        package let sending: DataRate?
        package let receiving: DataRate?
    }

    private let socket: NetlinkSocket
    private let family: Int

    /// nil if the kernel has no WiFi.
    package init?() throws {
        socket = try NetlinkSocket(protocolNumber: NETLINK_GENERIC)
        let resolved = genl_ctrl_resolve(socket.handle, NL80211_GENL_NAME)
        guard resolved >= 0 else { return nil }
        family = Int(resolved)
    }

    /// nil if the interface is not associated, or is not a WiFi interface.
    package func association(of interface: Int32) -> Association? {
        let header = genlmsghdr(cmd: UInt8(NL80211_CMD_GET_STATION.rawValue), version: 0, reserved: 0)
        let request = Request(
            "read the WiFi station", type: family, flags: Int32(NLM_F_ROOT | NLM_F_MATCH), header: header
        ) {
            $0.put(Int(NL80211_ATTR_IFINDEX.rawValue), UInt32(bitPattern: interface))
        }
        let replies = try? socket.perform([request])
        return replies?.lazy.compactMap { Association($0.payload) }.first
    }
}

extension WirelessInterfaces.Association {
    /// - Parameter payload: a generic netlink header and attributes; the result is nil if they describe no station.
    init?(_ payload: [UInt8]) {
        let attributes = Attributes(payload, after: MemoryLayout<genlmsghdr>.size)
        guard let address = attributes[Int(NL80211_ATTR_MAC.rawValue)], address.count == 6,
            let station = attributes.nested(Int(NL80211_ATTR_STA_INFO.rawValue))
        else { return nil }
        func rate(_ attribute: nl80211_sta_info) -> DataRate? {
            guard let rate = station.nested(Int(attribute.rawValue)) else { return nil }
            // Both attributes are in units of 100 kb/s; the older one has 16 bits, too few for later WiFi generations.
            let units =
                rate.value(Int(NL80211_RATE_INFO_BITRATE32.rawValue), as: UInt32.self)
                ?? rate.value(Int(NL80211_RATE_INFO_BITRATE.rawValue), as: UInt16.self).map { UInt32($0) }
            return units.map { DataRate(bitsPerSecond: Double($0) * 1e5) }
        }
        bssid = address.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
        signal = station.value(Int(NL80211_STA_INFO_SIGNAL.rawValue), as: Int8.self).map { Int($0) }
        sending = rate(NL80211_STA_INFO_TX_BITRATE)
        receiving = rate(NL80211_STA_INFO_RX_BITRATE)
    }
}
