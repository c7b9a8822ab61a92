-- Plays a person in Neovim whose generated test fails: runs the tests, takes "Update generated expectations", undoes it.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for
local text = stage.buffer_text

local function failing()
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.code == 'failing-test'
  end, vim.diagnostic.get(0))
end

local function play()
  stage.answer_with({ number = input.answer })
  stage.start(input.test_file)
  vim.cmd('Greenline run_file')
  wait_for('the test fails', function()
    return #failing() > 0
  end)
  told.before = text()
  vim.api.nvim_win_set_cursor(0, { failing()[1].lnum + 1, 0 })
  local messages = #told.messages
  stage.take_action('^Update generated expectations')
  wait_for('the end is told', function()
    return #told.messages > messages
  end)
  told.after = text()
  if told.after ~= told.before then
    wait_for('the mark is gone', function()
      return #failing() == 0
    end)
    vim.cmd.undo()
    told.undone = text()
  end
  told.step = 'done'
end

stage.run(play)
