import Foundation

func chmodPrivate(_ file: String) -> Bool { chmod(file, 0o600) == 0 }
func chmodOpen(_ file: String) -> Bool { chmod(file, 0o644) == 0 }
