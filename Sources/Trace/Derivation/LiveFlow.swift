// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import Quantities

/// One TCP connection, or one subflow of Multipath TCP, as seen from its receivers' acknowledgements.
struct LiveFlow {
    /// The lower 32 bits of the number acknowledged in order by the end of each time bin.
    struct Progress {
        private(set) var points: [(bin: Int64, value: UInt32)] = []

        /// - Returns: the number of points that it takes more.
        mutating func take(_ value: UInt32, in bin: Int64) -> Int {
            guard let last = points.last, Self.grows(from: last.value, to: value) else {
                guard points.isEmpty else { return 0 }
                points.append((bin, value))
                return 1
            }
            // The first point is kept, because it says where the numbers began.
            if last.bin == bin, points.count > 1 {
                points[points.count - 1].value = value
                return 0
            }
            points.append((bin, value))
            return 1
        }

        static func grows(from old: UInt32, to new: UInt32) -> Bool { Int32(bitPattern: new &- old) > 0 }
    }

    static let bin = Duration.milliseconds(10)
    static let binNanoseconds: Int64 = 10_000_000

    let path: String
    private(set) var first: Timestamp
    /// The time of the last packet of any kind.
    private(set) var last: Timestamp
    /// When the flow was closed or reset; for a subflow, when its whole connection was.
    private(set) var closed: Timestamp?
    /// Progress of the subflow itself.
    private(set) var acknowledged: (down: Progress, up: Progress) = (Progress(), Progress())
    /// Progress of the connection, if its subflows report it.
    private(set) var dataAcknowledged: (down: Progress, up: Progress) = (Progress(), Progress())
    private(set) var opensConnection = false
    /// Tokens of the observed keys. Joining subflows name their connection by such a token.
    private(set) var tokens: Set<UInt32> = []
    private(set) var joinToken: UInt32?

    init(path: String, at time: Timestamp) {
        self.path = path
        (first, last) = (time, time)
    }

    /// Whether the flow is part of a working Multipath TCP connection. After a fallback there are no data
    /// acknowledgements.
    var isMultipath: Bool { !dataAcknowledged.down.points.isEmpty || !dataAcknowledged.up.points.isEmpty }

    var hasMoved: Bool { !acknowledged.down.points.isEmpty || !acknowledged.up.points.isEmpty }

    /// - Returns: the number of points that the flow's progress takes more.
    mutating func add(
        _ segment: TCPSegment, _ options: consuming TCPOptions, outbound: Bool, at time: Timestamp
    ) -> Int {
        var points = 0
        (first, last) = (min(first, time), max(last, time))
        let bin = time.number(of: Self.binNanoseconds)
        // The receiver of a download is the near host, so its acknowledgements are outbound.
        if segment.flags.contains(.acknowledgement), !segment.flags.contains(.reset) {
            if outbound {
                points += acknowledged.down.take(segment.acknowledgement, in: bin)
            } else {
                points += acknowledged.up.take(segment.acknowledgement, in: bin)
            }
        }
        var isFinal = false
        while let option = options.next() {
            guard case .multipath(let multipath) = option else { continue }
            switch multipath {
            case .dataSequence(let data):
                isFinal = isFinal || data.isFinal
                guard let number = data.acknowledgement.map(UInt32.init(truncatingIfNeeded:)) else { continue }
                if outbound {
                    points += dataAcknowledged.down.take(number, in: bin)
                } else {
                    points += dataAcknowledged.up.take(number, in: bin)
                }
            case .capable(let version, _, let sender, let receiver, _):
                opensConnection = true
                // Two keys are a connection's own; a hostile capture shows more.
                guard tokens.count < 4 else { continue }
                for key in [sender, receiver] { if let key { tokens.formUnion(Self.token(key, version)) } }
            case .joinRequest(_, _, let token, _): joinToken = token
            case .fastClose: isFinal = true
            default: break
            }
        }
        let ends = isMultipath ? isFinal : !segment.flags.isDisjoint(with: [.fin, .reset])
        if ends, closed == nil { closed = time }
        return points
    }

    /// RFC 8684, section 3.2: the first 32 bits of the SHA-256 of the key. Version 0 uses SHA-1, which is not
    /// implemented here.
    private static func token(_ key: UInt64, _ version: UInt8) -> [UInt32] {
        guard version == 1 else { return [] }
        let digest = SHA256.hexadecimal(of: (0..<8).map { UInt8(truncatingIfNeeded: key >> (56 - 8 * $0)) })
        return UInt32(digest.prefix(8), radix: 16).map { [$0] } ?? []
    }
}

/// The flows of one interface.
struct LiveFlows {
    private let near: Set<InternetAddress>
    private let path: String
    private var flows: [FlowObserver.Key: LiveFlow] = [:]
    private var ended: [LiveFlow] = []

    /// Limits the memory for flows; no walk has more connections.
    private static let most = 100_000
    /// The most points of all flows' progress, 16 bytes each: ten hours in which every bin has one.
    private static let mostPoints = 4_000_000
    private var points = 0

    init(near: Set<InternetAddress>, path: String) {
        self.near = near
        self.path = path
    }

    /// All flows, in order of their start.
    var all: [LiveFlow] { (ended + flows.values).sorted { $0.first < $1.first } }

    /// - Throws: `Fault` (bad input) if the flows take too much memory.
    mutating func add(_ packet: borrowing Packet, shift: Duration) throws {
        guard let stamp = packet.time, let internet = packet.internetPacket,
            case .tcp(let segment) = internet.transport
        else { return }
        let direction = packet.direction
        let outbound = direction == .outbound || direction == .unknown && near.contains(internet.source)
        let time = stamp.shifted(by: shift)
        let key = FlowObserver.Key(segment, of: internet, outbound: outbound)
        // A new connection may reuse the ports of an old one.
        let isOpening = segment.flags.contains(.syn) && !segment.flags.contains(.acknowledgement)
        if isOpening, let old = flows[key], old.hasMoved {
            ended.append(old)
            flows[key] = nil
        }
        guard flows[key] != nil || flows.count + ended.count < Self.most else { return }
        points += flows[key, default: LiveFlow(path: path, at: time)]
            .add(segment, packet.options(of: segment), outbound: outbound, at: time)
        guard points <= Self.mostPoints else {
            throw Fault(
                .badInput,
                "the live transfers on '\(path)' are too long to be held in memory; split the capture, or predict a "
                    + "part of it")
        }
    }
}
