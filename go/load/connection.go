package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// patience is the longest wait for an answer: longer than a receiver waits for a sender.
const patience = 40 * time.Second

// idle is the longest time that a connection may be unused: shorter than a receiver waits before it
// hangs up.
const idle = 5 * time.Second

// connection to a receiver. It is opened on demand, and used until the receiver closes it.
type connection struct {
	process *process
	conn    net.Conn
	answers *bufio.Reader
	// life of the receiver: the number of kills before it.
	life int
	used time.Time
}

// open connects to the current receiver if necessary. It waits while that is down.
func (c *connection) open() error {
	c.process.restarting.RLock()
	defer c.process.restarting.RUnlock()
	life := int(c.process.kills.Load())
	if c.conn != nil && c.life == life && time.Since(c.used) < idle {
		return nil
	}
	c.close()
	conn, err := net.Dial("tcp", c.process.addr())
	if err != nil {
		return err
	}
	c.conn, c.answers, c.life, c.used = conn, bufio.NewReader(conn), life, time.Now()
	return nil
}

func (c *connection) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// send sends the delivery once, in pieces of this size with a pause after each, or as a whole.
func (c *connection) send(d *delivery, piece int, pause time.Duration) answer {
	if err := c.open(); err != nil {
		return answer{err: err}
	}
	a := answer{life: c.life}
	a.code, a.err = c.exchange(d.raw, piece, pause)
	a.killed = a.err != nil && c.process.isKilled(a.life)
	d.add(a)
	return a
}

// exchange returns the status of the answer.
func (c *connection) exchange(raw []byte, piece int, pause time.Duration) (int, error) {
	_ = c.conn.SetDeadline(time.Now().Add(patience))
	// A receiver that refuses the head need not read the rest; its answer still counts.
	_ = c.write(raw, piece, pause)
	response, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		c.close()
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err != nil || response.Close {
		c.close()
	}
	c.used = time.Now()
	return response.StatusCode, nil
}

func (c *connection) write(raw []byte, piece int, pause time.Duration) error {
	for piece > 0 && len(raw) > piece {
		if _, err := c.conn.Write(raw[:piece]); err != nil {
			return err
		}
		raw = raw[piece:]
		time.Sleep(pause)
	}
	_, err := c.conn.Write(raw)
	return err
}

// breakOff sends the beginning of the delivery and closes the connection, politely or not.
func (c *connection) breakOff(raw []byte, politely bool) {
	if c.open() != nil {
		return
	}
	_, _ = c.conn.Write(raw)
	if !politely {
		_ = c.conn.(*net.TCPConn).SetLinger(0)
	}
	c.close()
}

// isHungUp sends the beginning of the delivery and waits for the receiver to close the connection.
func (c *connection) isHungUp(raw []byte) bool {
	if c.open() != nil {
		return true
	}
	defer c.close()
	_, _ = c.conn.Write(raw)
	_ = c.conn.SetDeadline(time.Now().Add(patience))
	_, err := io.Copy(io.Discard, c.answers)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}
