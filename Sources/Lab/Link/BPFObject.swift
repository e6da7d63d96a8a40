// SPDX-License-Identifier: Apache-2.0
import CBPF
import Determinism
import Documents
import Glibc
import Synchronization

/// The link's BPF object, loaded: its maps and programs live as long as this value (a program also while it is
/// attached).
struct BPFObject: ~Copyable {
    private let object: OpaquePointer

    /// libbpf's messages, kept for a fault that may follow instead of being printed. libbpf has one print function for
    /// the whole process.
    private static let messages = Mutex("")

    private static let capture: Void = {
        _ = libbpf_set_print { level, format, arguments in
            guard level != LIBBPF_DEBUG, let format, let arguments else { return 0 }
            var line = [CChar](repeating: 0, count: 16384)
            let length = vsnprintf(&line, line.count, format, arguments)
            let text = String(
                decoding: line.prefix(max(0, min(Int(length), line.count - 1))).map { UInt8(bitPattern: $0) },
                as: UTF8.self)
            BPFObject.messages.withLock { $0 += text }
            return length
        }
    }()

    /// Opens and loads `image`, an ELF object, with the number of entries in each map that `sizes` gives.
    ///
    /// - Throws: `Fault` with `.missingFeature` if the kernel has no BPF or rejects the programs, `.permission` if this
    ///   process may not load any.
    static func load(_ image: [UInt8], sizes: [(map: String, entries: Int)]) throws -> BPFObject {
        startCapturing()
        let opened = "walkback".withCString { name in
            image.withUnsafeBytes { walkback_bpf_open($0.baseAddress, $0.count, name) }
        }
        guard let opened else { throw fault("open the link's BPF object", error: errno) }
        let object = BPFObject(object: opened)
        for (name, entries) in sizes {
            let result = bpf_map__set_max_entries(try object.map(name), UInt32(clamping: max(1, entries)))
            guard result == 0 else { throw fault("size the BPF map '\(name)'", error: -result) }
        }
        let result = bpf_object__load(opened)
        guard result == 0 else { throw fault("load the link's BPF programs", error: -result) }
        return object
    }

    deinit {
        bpf_object__close(object)
    }

    func map(_ name: String) throws -> OpaquePointer {
        guard let map = bpf_object__find_map_by_name(object, name) else {
            throw Fault(.failed, "the link's BPF object has no map '\(name)'; build it again from link.bpf.c")
        }
        return map
    }

    /// Attaches a program to an interface of the current network namespace, which must have a clsact qdisc. The program
    /// stays there until the interface goes.
    func attach(_ program: String, to interfaceIndex: Int32, at point: bpf_tc_attach_point) throws {
        Self.startCapturing()
        guard let found = bpf_object__find_program_by_name(object, program) else {
            throw Fault(.failed, "the link's BPF object has no program '\(program)'; build it again from link.bpf.c")
        }
        let result = walkback_tc_attach(interfaceIndex, point, bpf_program__fd(found))
        guard result == 0 else {
            throw Self.fault("attach the link's \(program) to interface \(interfaceIndex)", error: -result)
        }
    }

    private static func startCapturing() {
        _ = capture
        messages.withLock { $0 = "" }
    }

    private static func fault(_ action: String, error: Int32) -> Fault {
        let lines = messages.withLock { $0 }.split(separator: "\n").suffix(4)
        let words = lines.isEmpty ? "" : " (" + lines.joined(separator: "; ") + ")"
        let reason = "cannot \(action): \(String(cString: strerror(error)))\(words)"
        switch error {
        case EPERM:
            return Fault(.permission, "\(reason); run as root, or use the embedded kernel, which needs no root")
        case ENOSYS, ENOENT, EOPNOTSUPP, EACCES, EINVAL, E2BIG:
            return Fault(
                .missingFeature,
                "\(reason); use the embedded kernel, because the link needs Linux 6.1 or later with "
                    + "CONFIG_BPF_SYSCALL, CONFIG_NET_CLS_BPF and clsact")
        default:
            return Fault(.failed, reason)
        }
    }
}
