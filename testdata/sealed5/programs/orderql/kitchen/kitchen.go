// Package kitchen has the orders and tells what happens to them.
package kitchen

import (
	"strings"
	"time"
)

type Order struct {
	ID, Branch   int32
	Dish, State_ string
}

// A Change is a new state of an order, with a picture of the dish on its way.
type Change struct {
	Order   *Order
	State   string
	Picture []byte
}

type Kitchen struct{ orders []*Order }

func New() *Kitchen {
	k := &Kitchen{}
	dishes := strings.Fields("soup curry pasta salad burger sushi pizza falafel")
	for i := range 5000 {
		k.orders = append(k.orders, &Order{ID: int32(i), Branch: int32(i % 12), Dish: dishes[i%len(dishes)], State_: "cooking"})
	}
	return k
}

func (k *Kitchen) Order(id int32) *Order {
	if id < 0 || int(id) >= len(k.orders) {
		return nil
	}
	return k.orders[id]
}

func (k *Kitchen) Last(branch, n int32) (out []*Order) {
	for _, o := range k.orders {
		if o.Branch == branch && len(out) < int(n) {
			out = append(out, o)
		}
	}
	return
}

// Watch tells the next changes of an order, until it has arrived.
func (k *Kitchen) Watch(o *Order) <-chan Change {
	out := make(chan Change)
	go k.walk(o, out)
	return out
}

func (k *Kitchen) walk(o *Order, out chan<- Change) {
	defer close(out)
	for i, s := range []string{"cooking", "packed", "fetched", "on its way", "near", "arrived"} {
		out <- Change{o, s, picture(int(o.ID) + i)}
		time.Sleep(time.Duration(1200+int(o.ID)%5*300) * time.Millisecond)
	}
}

func picture(n int) []byte {
	b := make([]byte, 3<<10+n%11<<10)
	for i := range b {
		b[i] = byte(i * n)
	}
	return b
}
