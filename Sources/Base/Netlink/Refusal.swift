// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Determinism
import Documents
import Glibc
import SystemPackage

/// The kernel's refusal of one request: what was asked, the error number and, if the kernel gives one, its explanation.
struct Refusal {
    let operation: String
    let errno: Int32
    /// The extended acknowledgement's message.
    let text: String?
    let feature: KernelFeature?

    var fault: Fault {
        // The kernel gives these answers for a qdisc kind, a device type or an option that it was built without.
        if let feature, errno == ENOENT || errno == EOPNOTSUPP { return feature.missing }
        let reason = text.map { "\($0) (\(Errno(rawValue: errno)))" } ?? "\(Errno(rawValue: errno))"
        switch errno {
        case EPERM, EACCES:
            return Fault(
                .permission,
                "cannot \(operation): \(reason); run as root, or use the embedded kernel, which needs no root")
        default:
            return Fault(.failed, "cannot \(operation): \(reason)")
        }
    }

    /// - Parameter payload: the payload of an NLMSG_ERROR message: the error, the header of the request, attributes.
    init(_ payload: UnsafeRawBufferPointer, flags: UInt16, request: Request) {
        operation = request.operation
        feature = request.feature
        errno = -payload.loadUnaligned(as: Int32.self)
        var end = MemoryLayout<nlmsgerr>.size
        if Int32(flags) & NLM_F_CAPPED == 0, payload.count >= end {
            // The kernel repeats the request's own bytes before the attributes.
            let length = Int(payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            end += max(0, length - MemoryLayout<nlmsghdr>.size + 3) & ~3
        }
        guard Int32(flags) & NLM_F_ACK_TLVS != 0, end <= payload.count else {
            text = nil
            return
        }
        text = Attributes(UnsafeRawBufferPointer(rebasing: payload[end...])).text(Int(NLMSGERR_ATTR_MSG.rawValue))
    }
}
