// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Documents
import Glibc

/// A netlink socket for one network namespace: that of the thread which opened it, wherever the socket is used.
///
/// A socket must be used by one thread only. Requests go out together in one message, so that a whole set-up costs two
/// system calls.
package final class NetlinkSocket {
    /// What the kernel sent apart from acknowledgements.
    package struct Reply {
        /// The index of the request that this answers.
        let request: Int
        let type: Int
        let payload: [UInt8]
    }

    let handle: OpaquePointer

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Parameter protocolNumber: NETLINK_ROUTE or NETLINK_GENERIC.
    init(protocolNumber: Int32) throws {
        guard let handle = nl_socket_alloc() else {
            throw Fault(.failed, "cannot open a netlink socket: out of memory")
        }
        self.handle = handle
        let error = nl_connect(handle, protocolNumber)
        guard error == 0 else {
            let reason = String(cString: nl_geterror(error))
            throw Fault(.failed, "cannot open a netlink socket: \(reason)")
        }
        // Only the last request of a message asks for an acknowledgement; the kernel reports a refusal without being
        // asked.
        nl_socket_disable_auto_ack(handle)
        // Peeking at the length of each answer before reading it would double the system calls.
        nl_socket_disable_msg_peek(handle)
        nl_socket_set_msg_buf_size(handle, 32_768)
        var on: Int32 = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK] {
            setsockopt(nl_socket_get_fd(handle), SOL_NETLINK, option, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    deinit {
        nl_socket_free(handle)
    }

    /// Sends all of `requests` to the kernel, in order, and waits until it has carried them out.
    ///
    /// - Throws: the first refusal; the kernel has still tried the requests after it.
    @discardableResult
    package func perform(_ requests: [Request]) throws -> [Reply] {
        guard let last = requests.last else { return [] }
        guard requests.allSatisfy(\.isComplete) else {
            throw Fault(.failed, "cannot \(last.operation): the request is too long for a netlink message")
        }
        let first = send(requests)
        guard case .success(let sequence) = first else { throw Fault(.failed, "cannot \(last.operation): \(first)") }
        return try receive(requests, sequence: sequence)
    }

    private enum Sent {
        /// The sequence number of the first message.
        case success(UInt32)
        case failure(String)
    }

    private func send(_ requests: [Request]) -> Sent {
        let messages = requests.compactMap(\.message)
        var pieces: [iovec] = []
        for message in messages {
            nl_complete_msg(handle, message)
            guard let header = nlmsg_hdr(message) else { continue }
            if message == messages.last { header.pointee.nlmsg_flags |= UInt16(NLM_F_ACK) }
            // Messages must start at multiples of four bytes; libnl pads its buffers to that.
            let length = (Int(header.pointee.nlmsg_len) + 3) & ~3
            pieces.append(iovec(iov_base: UnsafeMutableRawPointer(header), iov_len: length))
        }
        guard let first = messages.first, let header = nlmsg_hdr(first) else {
            return .failure("there is nothing to send")
        }
        let sent = nl_send_iovec(handle, first, &pieces, UInt32(pieces.count))
        return sent < 0 ? .failure(String(cString: nl_geterror(sent))) : .success(header.pointee.nlmsg_seq)
    }

    private func receive(_ requests: [Request], sequence first: UInt32) throws -> [Reply] {
        var replies: [Reply] = []
        var refusal: Refusal?
        var isDone = false
        while !isDone {
            var address = sockaddr_nl()
            var buffer: UnsafeMutablePointer<UInt8>?
            let count = nl_recv(handle, &address, &buffer, nil)
            defer { free(buffer) }
            guard count > 0, let buffer else {
                throw Fault(
                    .failed,
                    "cannot \(requests[0].operation): the kernel did not answer: \(String(cString: nl_geterror(count)))"
                )
            }
            let bytes = UnsafeRawBufferPointer(start: buffer, count: Int(count))
            Self.forEachMessage(in: bytes) { header, payload in
                let index = Int(header.nlmsg_seq &- first)
                guard requests.indices.contains(index) else { return }
                switch Int32(header.nlmsg_type) {
                case NLMSG_ERROR where payload.count >= 4:
                    let error = -payload.loadUnaligned(as: Int32.self)
                    if error != 0, !requests[index].tolerated.contains(error), refusal == nil {
                        refusal = Refusal(payload, flags: header.nlmsg_flags, request: requests[index])
                    }
                    isDone = isDone || index == requests.count - 1
                case NLMSG_DONE:
                    isDone = isDone || index == requests.count - 1
                default:
                    replies.append(Reply(request: index, type: Int(header.nlmsg_type), payload: Array(payload)))
                }
            }
        }
        if let refusal { throw refusal.fault }
        return replies
    }

    static func forEachMessage(
        in bytes: UnsafeRawBufferPointer, _ body: (nlmsghdr, UnsafeRawBufferPointer) -> Void
    ) {
        let size = MemoryLayout<nlmsghdr>.size
        var offset = 0
        while offset + size <= bytes.count {
            let header = bytes.loadUnaligned(fromByteOffset: offset, as: nlmsghdr.self)
            let length = Int(header.nlmsg_len)
            guard length >= size, offset + length <= bytes.count else { return }
            body(header, UnsafeRawBufferPointer(rebasing: bytes[(offset + size)..<(offset + length)]))
            offset += (length + 3) & ~3
        }
    }
}
