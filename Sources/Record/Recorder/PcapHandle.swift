// SPDX-License-Identifier: Apache-2.0
import CLinux
import CPcap
import Documents
import Glibc
import Pcap
import Quantities

/// A live capture of libpcap on one interface, closed when this value ends.
struct PcapHandle: ~Copyable {
    private let handle: OpaquePointer
    let linkType: LinkType
    /// Readable when packets wait.
    let descriptor: CInt

    /// Which packets a handle gets. libpcap reports no direction, but selects by it.
    enum Direction {
        case inbound, outbound
    }

    /// The kernel hands over packets after at most this many milliseconds, unless a block of its ring is full before.
    static let timeout: CInt = 50

    /// What is kept of a packet if all of it is wanted: libpcap's own largest.
    static let wholePackets: CInt = 262_144

    /// Opens a capture in the calling thread's network namespace. From here on packets arrive.
    ///
    /// - Parameters:
    ///   - snap: bytes kept of each packet; zero keeps all.
    ///   - buffer: the size of the kernel's ring.
    ///   - filter: an expression in libpcap's language; nil takes every packet.
    /// - Returns: nil if the interface is down or has gone.
    /// - Throws: `Fault`: 77 without the right to capture, 64 with libpcap's own words if the filter is wrong.
    init?(
        on name: String, _ direction: Direction, snap: ByteCount, buffer: ByteCount, filter: String?
    ) throws(Fault) {
        var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_create(name, &words) else {
            throw Fault(.failed, "cannot capture on '\(name)': \(Self.text(words))")
        }
        do throws(Fault) {
            guard try Self.activate(handle, name, snap: snap, buffer: buffer) else {
                pcap_close(handle)
                return nil
            }
            try Self.set(filter, direction, snap: snap, on: handle)
        } catch {
            pcap_close(handle)
            throw error
        }
        self.handle = handle
        linkType = Self.linkType(pcap_datalink(handle))
        descriptor = pcap_get_selectable_fd(handle)
    }

    deinit {
        pcap_close(handle)
    }

    /// Puts the packets that wait into `queue`.
    ///
    /// - Parameter most: the largest number of them.
    /// - Returns: how many there were.
    func take(into queue: CaptureQueue, most: Int) -> Int {
        let place = Unmanaged.passUnretained(queue).toOpaque().assumingMemoryBound(to: UInt8.self)
        let count = pcap_dispatch(
            handle, CInt(clamping: most),
            { place, header, bytes in
                guard let place, let header = header?.pointee, let bytes else { return }
                Unmanaged<CaptureQueue>.fromOpaque(place).takeUnretainedValue().append(
                    UnsafeRawBufferPointer(start: bytes, count: Int(header.caplen)), length: Int64(header.len),
                    // The precision that was asked for puts nanoseconds into this field.
                    time: Int64(header.ts.tv_sec) * 1_000_000_000 + Int64(header.ts.tv_usec))
            }, place)
        // An interface that is down or gone is reported by the kernel's routing events.
        return max(0, Int(count))
    }

    /// Counts since the capture began. Packets that the filter refused are in neither.
    var statistics: (arrived: UInt64, dropped: UInt64) {
        var statistics = pcap_stat()
        guard pcap_stats(handle, &statistics) == 0 else { return (0, 0) }
        return (UInt64(statistics.ps_recv), UInt64(statistics.ps_drop))
    }

    /// - Returns: whether the interface is there and up.
    private static func activate(
        _ handle: OpaquePointer, _ name: String, snap: ByteCount, buffer: ByteCount
    ) throws(Fault) -> Bool {
        pcap_set_snaplen(handle, kept(snap))
        pcap_set_buffer_size(handle, CInt(clamping: buffer.bytes))
        pcap_set_timeout(handle, timeout)
        pcap_set_promisc(handle, 0)
        guard pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0 else {
            throw Fault(.failed, "libpcap has no time stamps of nanoseconds on '\(name)'; install a newer libpcap")
        }
        let status = pcap_activate(handle)
        if [PCAP_ERROR_IFACE_NOT_UP, PCAP_ERROR_NO_SUCH_DEVICE].contains(status) { return false }
        guard status >= 0 else { throw fault(status, handle, name) }
        var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard pcap_setnonblock(handle, 1, &words) == 0 else {
            throw Fault(.failed, "cannot capture on '\(name)': \(text(words))")
        }
        return true
    }

    /// The filters `inbound` and `outbound` would do for directions too, but libpcap judges the packets of the first
    /// block once more by itself, when it does not know directions any longer, and drops them.
    private static func set(
        _ filter: String?, _ direction: Direction, snap: ByteCount, on handle: OpaquePointer
    ) throws(Fault) {
        guard pcap_setdirection(handle, direction == .inbound ? PCAP_D_IN : PCAP_D_OUT) == 0 else {
            throw Fault(.failed, "libpcap cannot tell directions: \(String(cString: pcap_geterr(handle)))")
        }
        guard let filter else {
            // The kernel need not hand over what would only be left out then.
            let error = walkback_keep_direction(pcap_fileno(handle), direction == .outbound, UInt32(Self.kept(snap)))
            guard error == 0 else {
                throw Fault(.failed, "cannot set the capture's direction: \(String(cString: strerror(-error)))")
            }
            return
        }
        var program = bpf_program()
        guard pcap_compile(handle, &program, filter, 1, UInt32.max) == 0 else {
            throw Fault(
                .usage, "the filter '\(filter)' is wrong: \(String(cString: pcap_geterr(handle))); see pcap-filter(7)")
        }
        defer { pcap_freecode(&program) }
        guard pcap_setfilter(handle, &program) == 0 else {
            throw Fault(.failed, "cannot set the capture's filter: \(String(cString: pcap_geterr(handle)))")
        }
    }

    private static func kept(_ snap: ByteCount) -> CInt { snap == .zero ? wholePackets : CInt(clamping: snap.bytes) }

    private static func fault(_ status: CInt, _ handle: OpaquePointer, _ name: String) -> Fault {
        switch status {
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            return Fault(
                .permission,
                "cannot capture on '\(name)': permission denied; run with sudo, or run once: sudo setcap "
                    + "cap_net_raw,cap_net_admin+ep $(command -v walkback)")
        default:
            let words = String(cString: pcap_geterr(handle))
            let cause = words.isEmpty ? String(cString: pcap_statustostr(status)) : words
            return Fault(.failed, "cannot capture on '\(name)': \(cause)")
        }
    }

    /// The number in files. Only that of raw IP differs from libpcap's on Linux.
    private static func linkType(_ number: CInt) -> LinkType {
        number == DLT_RAW ? .raw : LinkType(rawValue: UInt16(clamping: number))
    }

    private static func text(_ words: [CChar]) -> String {
        String(decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
