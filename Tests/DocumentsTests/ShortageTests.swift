// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Testing

@Suite struct `A file that is not opened` {
    @Test(arguments: [(EMFILE, "ulimit -n"), (ENFILE, "fs.file-max"), (ENOMEM, "free some memory")])
    func `for lack of something is not called bad input`(number: Int32, remedy: String) {
        let fault = Fault.shortage(opening: "walk.pcapng", errno: number)
        #expect(fault?.code == .failed)
        #expect(fault?.message.hasPrefix("walk.pcapng: cannot be opened: ") == true)
        #expect(fault?.message.contains(remedy) == true)
    }

    @Test func `for another reason is left to who opened it`() {
        #expect(Fault.shortage(opening: "walk.pcapng", errno: ENOENT) == nil)
    }
}
