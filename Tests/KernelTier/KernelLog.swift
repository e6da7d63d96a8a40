// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Reads what the guest's kernel logs from now on as it comes, because the kernel's ring buffer soon overflows.
package final class KernelLog: Sendable {
    package struct Line: Sendable, Equatable {
        /// As in syslog: 4 is a warning, smaller is worse, 7 is for debugging.
        package let level: Int
        package let text: String
    }

    /// What the reading thread shares with its owner.
    private final class Reader: Sendable {
        struct State {
            var lines: [Line] = []
            var isOver = false
            var wasLost = false
        }

        let state = Mutex(State())
        let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        func follow() {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            while true {
                let isOver = state.withLock { $0.isOver }
                while take() {}
                if isOver { return }
                poll(&waiting, 1, 100)
            }
        }

        /// Takes one record; false if there is none.
        private func take() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 8192)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EPIPE { state.withLock { $0.wasLost = true } }
                return count < 0 && errno == EPIPE
            }
            // PRIORITY,SEQUENCE,TIME,FLAGS;TEXT
            let record = String(decoding: buffer[..<count], as: UTF8.self)
            guard let semicolon = record.firstIndex(of: ";"),
                let priority = record.split(separator: ",").first.flatMap({ Int($0) })
            else { return true }
            let text = record[record.index(after: semicolon)...].prefix { $0 != "\n" }
            state.withLock { $0.lines.append(Line(level: priority & 7, text: String(text))) }
            return true
        }
    }

    private let reader: Reader
    private let thread: pthread_t

    package init() throws {
        let descriptor = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestSocket.Failure("open /dev/kmsg") }
        lseek(descriptor, 0, SEEK_END)
        reader = Reader(descriptor: descriptor)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(reader).toOpaque()
        let error = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Reader>.fromOpaque(argument).takeRetainedValue().follow()
                return nil
            }, argument)
        guard error == 0 else {
            Unmanaged<Reader>.fromOpaque(argument).release()
            throw TestSocket.Failure("start a thread")
        }
        self.thread = thread
    }

    /// Everything that was logged since this value was made.
    ///
    /// - Throws: if the kernel's ring buffer overflowed before it was read.
    package func finish() throws -> [Line] {
        reader.state.withLock { $0.isOver = true }
        pthread_join(thread, nil)
        return try reader.state.withLock { state in
            if state.wasLost { throw TestSocket.Failure("read the kernel's log in time") }
            return state.lines
        }
    }
}
