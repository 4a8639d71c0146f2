// Package desk asks where a parcel is and waits for the answer, in a queue of its own.
package desk

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/streadway/amqp"
)

// Asked is the number of questions, Answered that of answers that came.
var Asked, Answered atomic.Int64

// Serve answers questions.
func Serve(c *amqp.Connection) error {
	ch, err := c.Channel()
	if err != nil {
		return err
	}
	if _, err = ch.QueueDeclare("questions", false, false, false, false, nil); err != nil {
		return err
	}
	in, err := ch.Consume("questions", "", true, false, false, false, nil)
	if err != nil {
		return err
	}
	go func() {
		for m := range in {
			ch.Publish("", m.ReplyTo, false, false, amqp.Publishing{CorrelationId: m.CorrelationId, Body: []byte(strings.Repeat("on its way. ", 20+len(m.Body)))})
		}
	}()
	return nil
}

// Ask asks a question.
func Ask(c *amqp.Connection, id, question string) error {
	ch, err := c.Channel()
	if err != nil {
		return err
	}
	defer ch.Close()
	q, err := ch.QueueDeclare("answers."+id, false, false, false, false, nil)
	if err != nil {
		return err
	}
	Asked.Add(1)
	in, err := ch.Consume(q.Name, id, true, false, false, false, nil)
	if err != nil {
		return err
	}
	defer ch.Cancel(id, false)
	err = ch.Publish("", "questions", false, false, amqp.Publishing{ReplyTo: q.Name, CorrelationId: id, Body: []byte(question)})
	if err != nil {
		return err
	}
	select {
	case <-in:
		Answered.Add(1)
		return nil
	case <-time.After(4 * time.Second):
		return errors.New("no answer")
	}
}
