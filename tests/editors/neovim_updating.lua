-- Plays a person in Neovim whose generated test fails: runs the tests, takes "Update generated expectations", undoes it.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for
local text = stage.buffer_text
told.asked = {}
told.titles = {}

local function failing()
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.code == 'failing-test'
  end, vim.diagnostic.get(0))
end

local function play()
  vim.opt.runtimepath:prepend(vim.fs.dirname(vim.fs.dirname(input.config)))
  local config = dofile(input.config)
  config.cmd = input.command
  config.settings.greenline = { interpreter = input.interpreter }
  local shown = vim.lsp.handlers['window/showMessage']
  vim.lsp.handlers['window/showMessage'] = function(err, params, ctx)
    table.insert(told.messages, params.message)
    return shown(err, params, ctx)
  end
  vim.fn.confirm = function(message)
    table.insert(told.asked, message)
    return input.answer
  end
  vim.api.nvim_create_autocmd('FileType', {
    pattern = config.filetypes,
    callback = function()
      config.name = 'greenline'
      config.root_dir = vim.fs.root(0, config.root_markers)
      vim.lsp.start(config)
    end,
  })
  vim.cmd.edit(vim.fn.fnameescape(input.test_file))
  wait_for('the server attaches', function()
    return #vim.lsp.get_clients({ bufnr = 0 }) > 0
  end)
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  local command = { command = 'greenline.runTestsOfFile', arguments = { { uri = vim.uri_from_bufnr(0) } } }
  client.request('workspace/executeCommand', command)
  wait_for('the test fails', function()
    return #failing() > 0
  end)
  told.before = text()
  vim.api.nvim_win_set_cursor(0, { failing()[1].lnum + 1, 0 })
  local messages = #told.messages
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      table.insert(told.titles, action.title)
      return action.title:find('^Update generated expectations') ~= nil
    end,
  })
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
