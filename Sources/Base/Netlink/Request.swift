// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Determinism

/// One request to the kernel: a description for errors, and the netlink message.
package final class Request {
    /// Completes the sentence "cannot …".
    let operation: String
    /// The kernel feature that is missing if the kernel answers that it does not know what is asked for.
    let feature: KernelFeature?
    /// Error numbers that count as success, such as ENOENT when something is removed.
    let tolerated: Set<Int32>
    /// nil if memory ran out.
    let message: OpaquePointer?
    private(set) var isComplete: Bool

    /// - Parameters:
    ///   - header: the fixed part that follows the netlink header.
    ///   - build: adds the attributes.
    init<Header: BitwiseCopyable>(
        _ operation: String, type: Int, flags: Int32 = 0, header: Header, feature: KernelFeature? = nil,
        tolerating tolerated: Set<Int32> = [], build: (Request) -> Void = { _ in }
    ) {
        self.operation = operation
        self.feature = feature
        self.tolerated = tolerated
        message = withUnsafeBytes(of: header) {
            walkback_message(Int32(type), flags, $0.baseAddress, Int32($0.count))
        }
        isComplete = message != nil
        build(self)
    }

    deinit {
        if let message { nlmsg_free(message) }
    }

    /// Adds an attribute that holds `value` as it lies in memory.
    func put<Value: BitwiseCopyable>(_ attribute: Int, _ value: Value) {
        withUnsafeBytes(of: value) { put(attribute, bytes: $0) }
    }

    func put(_ attribute: Int, _ address: IPAddress) {
        address.bytes.withUnsafeBytes { put(attribute, bytes: $0) }
    }

    /// Adds an attribute that holds a string with its terminating zero.
    func put(_ attribute: Int, text: String) {
        Array(text.utf8CString).withUnsafeBytes { put(attribute, bytes: $0) }
    }

    func put(_ attribute: Int, bytes: UnsafeRawBufferPointer) {
        guard let message, isComplete else { return }
        isComplete = nla_put(message, Int32(attribute), Int32(bytes.count), bytes.baseAddress) == 0
    }

    /// Adds attributes within an attribute, after a fixed part if there is one.
    func nest(_ attribute: Int, _ build: () -> Void) {
        guard let message, isComplete else { return }
        guard let nest = nla_nest_start(message, Int32(attribute)) else {
            isComplete = false
            return
        }
        build()
        nla_nest_end(message, nest)
    }

    /// Adds raw bytes inside a nest, before its attributes.
    func append<Value: BitwiseCopyable>(_ value: Value) {
        guard let message, isComplete else { return }
        var copy = value
        isComplete = nlmsg_append(message, &copy, MemoryLayout<Value>.size, Int32(NLMSG_ALIGNTO)) == 0
    }
}
