import CLinux

/// ``openBeneath(_:_:flags:mode:)`` for a name that need not be UTF-8, as a file share may hold: the path's bytes, ending in a zero.
package func openBeneath(_ folder: Int32, rawPath path: [CChar], flags: Int32, mode: UInt32 = 0) -> Int32 {
    budstikke_open_beneath(folder, path, flags, mode)
}
