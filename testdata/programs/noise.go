// Nothing but the shop of all these programs, three times as busy.
// BENIGN: there is nothing to find here.
package main

func main() {
	recorder := openRecorder()
	startShop(3)
	recorder.run()
}
