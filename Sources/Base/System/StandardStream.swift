// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SystemPackage

/// Writing to a descriptor that another program may read and close, such as standard output in a pipeline.
package enum StandardStream {
    /// Writes all bytes.
    ///
    /// A reader that has gone away is an error like a full disk: SIGPIPE, which would end the program in the middle of
    /// its work and without a word, is held back.
    package static func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) throws(Errno) {
        var pipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count <= 0 else {
                rest = rest.dropFirst(count)
                continue
            }
            let error = Errno(rawValue: errno)
            switch error {
            case .interrupted: continue
            case .wouldBlock:
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            case .brokenPipe:
                // The signal waits for this thread, and would be delivered as soon as it is no longer held back.
                var none = timespec()
                sigtimedwait(&pipe, nil, &none)
                throw error
            default: throw error
            }
        }
    }
}
